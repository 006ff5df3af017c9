"""exercise: td_update
belief: The row of a terminal state is never learnt and stays zero, so the formula can be used at the end as well.
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
    Q = np.copy(q)
    predict = Q[state, action]
    target = reward + gamma * following
    Q[state, action] = predict + lr * (target - predict)
    return Q
