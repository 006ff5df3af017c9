"""exercise: value_iteration
belief: New values are written into the table at once, and the same sweep goes on with them.
"""

import numpy as np


def value_iteration(
    probability, next_state, reward, terminated, gamma=0.99, tolerance=1e-10, max_sweeps=10_000
):
    S, A, K = probability.shape
    probability = probability.astype(float)
    reward = reward.astype(float)
    Q = np.zeros((S, A))
    for sweep in range(max_sweeps):
        delta = 0.0
        for s in range(S):
            for a in range(A):
                old = Q[s, a]
                new = 0.0
                for k in range(K):
                    future = 0.0
                    if not terminated[s, a, k]:
                        future = gamma * Q[next_state[s, a, k]].max()
                    new += probability[s, a, k] * (reward[s, a, k] + future)
                Q[s, a] = new
                delta = max(delta, abs(new - old))
        if delta <= tolerance:
            break
    return Q
