"""exercise: n_step_targets
belief: Termination concerns the last step alone, so only its target leaves the guess out.
"""

import numpy as np


def n_step_targets(rewards, next_values, n, terminated, gamma=0.99):
    T = rewards.shape[0]
    out = np.empty_like(rewards)
    for t in range(T):
        m = min(n, T - t)
        discounts = gamma ** np.arange(m)
        value = np.dot(discounts, rewards[t : t + m])
        is_last = t == T - 1
        if not (is_last and terminated):
            value = value + gamma**m * next_values[t + m - 1]
        out[t] = value
    return out
