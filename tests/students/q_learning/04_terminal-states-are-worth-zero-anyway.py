"""exercise: value_iteration
belief: The flag is not needed, because nothing is earned in terminal states and so their values stay zero.
"""

import numpy as np


def value_iteration(
    probability, next_state, reward, terminated, gamma=0.99, tolerance=1e-10, max_sweeps=10_000
):
    p = probability.astype(np.float64)
    r = reward.astype(np.float64)
    expected_reward = (p * r).sum(axis=-1)
    q = np.zeros(expected_reward.shape)
    for _ in range(max_sweeps):
        v = q.max(axis=1)
        new_q = expected_reward + gamma * (p * v[next_state]).sum(axis=-1)
        change = np.abs(new_q - q).max()
        q = new_q
        if change <= tolerance:
            break
    return q
