"""exercise: shear_theta
belief: The inverse of a shear is the shear with the opposite signs.
"""

import numpy as np


def shear_theta(kx, ky):
    N = len(kx)
    out = np.zeros((N, 2, 3), dtype=kx.dtype)
    out[:, 0, 0], out[:, 0, 1] = 1.0, -kx
    out[:, 1, 0], out[:, 1, 1] = -ky, 1.0
    return out
