"""exercise: projective_grid
belief: The first two of the three coordinates are the position.
"""

import numpy as np


def projective_grid(matrix, out_shape):
    rows, cols = out_shape
    x = np.linspace(-1, 1, cols) if cols > 1 else np.array([0.0])
    y = np.linspace(-1, 1, rows) if rows > 1 else np.array([0.0])
    yy, xx = np.meshgrid(y, x, indexing="ij")
    ones = np.ones(rows * cols)
    homogeneous = np.vstack([xx.ravel(), yy.ravel(), ones])
    mapped = matrix @ homogeneous
    uv = mapped[:, :2]
    uv = uv.transpose(0, 2, 1).reshape(-1, rows, cols, 2)
    return uv.astype(matrix.dtype)
