"""exercise: affine_grid
belief: Positions are (row, column), so theta acts on (y, x, 1).
"""

import numpy as np


def axis(n):
    if n == 1:
        return np.zeros(1)
    return np.linspace(-1, 1, n)


def affine_grid(theta, out_shape):
    N = theta.shape[0]
    R, S = out_shape
    grid = np.zeros((N, R, S, 2), dtype=theta.dtype)
    ys, xs = axis(R), axis(S)
    for n in range(N):
        for i in range(R):
            for j in range(S):
                position = np.array([ys[i], xs[j], 1.0])
                grid[n, i, j] = theta[n] @ position
    return grid
