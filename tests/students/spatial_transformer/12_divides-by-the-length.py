"""exercise: projective_grid
belief: Homogeneous coordinates are normalised by dividing by the length of the vector (a, b, w) relative to that of (x, y, 1).
"""

import numpy as np


def projective_grid(matrix, out_shape):
    R, S = out_shape
    xs = np.linspace(-1, 1, S) if S > 1 else np.zeros(1)
    ys = np.linspace(-1, 1, R) if R > 1 else np.zeros(1)
    grid = np.zeros((len(matrix), R, S, 2), dtype=matrix.dtype)
    for n, M in enumerate(matrix):
        for r, y in enumerate(ys):
            for s, x in enumerate(xs):
                v = np.array([x, y, 1.0])
                u = M @ v
                norm = np.linalg.norm(u) / np.linalg.norm(v)
                grid[n, r, s] = u[:2] / norm
    return grid
