"""exercise: q_learning_update
belief: The new value is the old one times (1 - lr) plus the reward plus lr times the discounted future.
"""

import numpy as np


def q_learning_update(q, state, action, reward, next_state, terminated, lr=0.1, gamma=0.99):
    table = np.array(q)
    future = 0.0 if terminated else gamma * max(q[next_state, a] for a in range(q.shape[1]))
    old_part = (1 - lr) * q[state, action]
    table[state, action] = old_part + reward + lr * future
    return table
