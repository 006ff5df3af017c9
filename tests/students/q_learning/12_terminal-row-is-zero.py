"""exercise: sarsa_update
belief: The row of a terminal state is never learnt and stays zero, so the formula can be used at the end as well.
"""

import numpy as np


def sarsa_update(q, state, action, reward, next_state, next_action, terminated, lr=0.1, gamma=0.99):
    Q = np.copy(q)
    predict = Q[state, action]
    target = reward + gamma * Q[next_state, next_action]
    Q[state, action] = predict + lr * (target - predict)
    return Q
