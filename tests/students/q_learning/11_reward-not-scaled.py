"""exercise: td_update
belief: The new value is the old one times (1 - lr) plus the reward plus lr times the discounted future.
"""

import numpy as np


def td_update(
    q,
    state,
    action,
    reward,
    next_state,
    terminated,
    next_action=None,
    epsilon=0.0,
    lr=0.1,
    gamma=0.99,
):
    row = q[next_state]
    if next_action is None:
        following = (1 - epsilon) * row.max() + epsilon * row.mean()
    else:
        following = row[next_action]
    table = np.array(q)
    future = 0.0 if terminated else gamma * following
    old_part = (1 - lr) * q[state, action]
    table[state, action] = old_part + reward + lr * future
    return table
