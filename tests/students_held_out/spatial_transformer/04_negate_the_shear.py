"""exercise: shear_theta
belief: The inverse of a shear is the shear by -kx and -ky.
"""

import numpy as np


def shear_theta(kx, ky):
    zero, one = np.zeros_like(kx), np.ones_like(kx)
    row_x = np.stack([one, -kx, zero], axis=-1)
    row_y = np.stack([-ky, one, zero], axis=-1)
    return np.stack([row_x, row_y], axis=1).astype(kx.dtype)
