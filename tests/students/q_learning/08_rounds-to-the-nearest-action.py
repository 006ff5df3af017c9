"""exercise: epsilon_greedy
belief: A uniform number becomes an action by scaling it to 0 ... A - 1 and rounding.
"""

import numpy as np


def epsilon_greedy(q_row, epsilon, u, u_action):
    n_actions = q_row.shape[0]
    if u < epsilon:
        action = round(u_action * (n_actions - 1))
    else:
        action = q_row.argmax()
    return int(action)
