"""exercise: epsilon_greedy
belief: An action is taken over when it is at least as good as the best so far.
"""

import numpy as np


def epsilon_greedy(q_row, epsilon, u, u_action):
    if u < epsilon:
        return int(u_action * len(q_row))
    best_action, best_value = 0, -np.inf
    for a, value in enumerate(q_row):
        if value >= best_value:
            best_action, best_value = a, value
    return best_action
