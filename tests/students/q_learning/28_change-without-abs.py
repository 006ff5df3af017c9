"""exercise: value_iteration
belief: The values grow from zero towards the optimum, so the largest change is max(new - old).
"""

import numpy as np


def value_iteration(
    probability, next_state, reward, terminated, gamma=0.99, tolerance=1e-10, max_sweeps=10_000
):
    prob = probability.astype(np.float64)
    expected_reward = (prob * reward).sum(axis=2)
    onward = np.where(terminated, 0.0, prob) * gamma
    q = np.zeros(expected_reward.shape)
    sweep = 0
    while sweep < max_sweeps:
        new_q = expected_reward + (onward * q.max(axis=1)[next_state]).sum(axis=2)
        change = (new_q - q).max()
        q = new_q
        sweep += 1
        if change <= tolerance:
            break
    return q
