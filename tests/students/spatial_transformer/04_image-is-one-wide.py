"""exercise: translation_theta
belief: Normalised units are fractions of the image, so a shift by t is a shift of the positions by 2 t.
"""

import numpy as np


def translation_theta(tx, ty):
    n = tx.shape[0]
    theta = np.zeros((n, 2, 3), dtype=tx.dtype)
    theta[:, 0, 0] = 1
    theta[:, 1, 1] = 1
    theta[:, 0, 2] = -2 * tx
    theta[:, 1, 2] = -2 * ty
    return theta
