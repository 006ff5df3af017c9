"""exercise: epsilon_greedy
belief: Exploring means to take one of the actions that are not the best one.
"""

import numpy as np


def epsilon_greedy(q_row, epsilon, u, u_action):
    greedy = int(np.argmax(q_row))
    if u >= epsilon:
        return greedy
    others = [a for a in range(len(q_row)) if a != greedy]
    if not others:
        return greedy
    return others[int(u_action * len(others))]
