"""exercise: compose
belief: As always with matrices, what is done first stands on the right: second times first.
"""

import numpy as np


def compose(first, second):
    def full(theta):
        n = len(theta)
        bottom = np.zeros((n, 1, 3), dtype=theta.dtype)
        bottom[:, 0, 2] = 1
        return np.concatenate([theta, bottom], axis=1)

    product = full(second) @ full(first)
    return product[:, :2, :].astype(first.dtype)
