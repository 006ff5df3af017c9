"""exercise: affine_grid_backward
belief: Theta is shared by all positions, so its gradient is the mean over them.
"""

import numpy as np


def affine_grid_backward(dgrid):
    N, R, S, _ = dgrid.shape
    x = np.linspace(-1, 1, S) if S > 1 else np.zeros(1)
    y = np.linspace(-1, 1, R) if R > 1 else np.zeros(1)
    dtheta = np.zeros((N, 2, 3), dtype=dgrid.dtype)
    for k in range(2):
        d = dgrid[..., k]
        dtheta[:, k, 0] = (d * x[None, None, :]).mean(axis=(1, 2))
        dtheta[:, k, 1] = (d * y[None, :, None]).mean(axis=(1, 2))
        dtheta[:, k, 2] = d.mean(axis=(1, 2))
    return dtheta
