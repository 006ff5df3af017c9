"""exercise: affine_grid
belief: np.linspace(-1, 1, n) gives the target positions for every n, also for n = 1.
"""

import numpy as np


def affine_grid(theta, out_shape):
    R, S = out_shape
    xs = np.linspace(-1, 1, S)
    ys = np.linspace(-1, 1, R)
    X, Y = np.meshgrid(xs, ys)
    points = np.stack([X.ravel(), Y.ravel(), np.ones(R * S)], axis=0)
    source = np.matmul(theta.astype(np.float64), points)
    source = source.transpose(0, 2, 1).reshape(theta.shape[0], R, S, 2)
    return source.astype(theta.dtype)
