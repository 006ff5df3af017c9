"""exercise: projective_grid
belief: A homography is always normalised so that its last entry is 1; w is m31 x + m32 y + 1.
"""

import numpy as np


def projective_grid(matrix, out_shape):
    R, S = out_shape
    x = (np.linspace(-1, 1, S) if S > 1 else np.zeros(1))[None, None, :]
    y = (np.linspace(-1, 1, R) if R > 1 else np.zeros(1))[None, :, None]
    m = matrix[:, :, :, None, None]
    a = m[:, 0, 0] * x + m[:, 0, 1] * y + m[:, 0, 2]
    b = m[:, 1, 0] * x + m[:, 1, 1] * y + m[:, 1, 2]
    w = m[:, 2, 0] * x + m[:, 2, 1] * y + 1.0
    return np.stack([a / w, b / w], axis=-1).astype(matrix.dtype)
