"""exercise: affine_grid
belief: The corners at plus and minus one are the outer edges of the border pixels, as with PyTorch's default.
"""

import numpy as np


def affine_grid(theta, out_shape):
    R, S = out_shape
    xs = (2 * np.arange(S) + 1) / S - 1
    ys = (2 * np.arange(R) + 1) / R - 1
    X, Y = np.meshgrid(xs, ys)
    target = np.stack([X, Y, np.ones_like(X)], axis=-1)
    source = np.einsum("nkl,rsl->nrsk", theta.astype(np.float64), target)
    return source.astype(theta.dtype)
