"""exercise: translation_theta
belief: To move the content by t, t is added to the positions.
"""

import numpy as np


def translation_theta(tx, ty):
    thetas = []
    for dx, dy in zip(tx, ty):
        thetas.append([[1, 0, dx], [0, 1, dy]])
    return np.array(thetas, dtype=tx.dtype)
