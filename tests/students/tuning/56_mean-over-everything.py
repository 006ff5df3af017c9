"""exercise: what_leaked
belief: If the scaled test rows have mean 0 they were scaled by themselves; if the scaled training rows have, by the training rows.
"""

import numpy as np


def what_leaked(train, test, train_scaled, test_scaled):
    eps = 1e-6
    shared = int(sum((train == row).all(axis=1).any() for row in test))
    if abs(train_scaled.mean()) > eps:
        return "together", shared
    if abs(test_scaled.mean()) < eps:
        return "apart", shared
    return "train", shared
