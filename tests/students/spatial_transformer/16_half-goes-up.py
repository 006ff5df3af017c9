"""exercise: nearest_sample
belief: Half way between two pixels the larger index is taken: floor of p plus one half.
"""

import numpy as np


def nearest_sample(image, grid):
    N, C, H, W = image.shape
    p = (grid[..., 0] + 1) / 2 * (W - 1)
    q = (grid[..., 1] + 1) / 2 * (H - 1)
    col = np.floor(p + 0.5).astype(int)
    row = np.floor(q + 0.5).astype(int)
    out = np.zeros((N, C, grid.shape[1], grid.shape[2]), dtype=image.dtype)
    for n in range(N):
        ok = (col[n] >= 0) & (col[n] < W) & (row[n] >= 0) & (row[n] < H)
        out[n][:, ok] = image[n][:, row[n][ok], col[n][ok]]
    return out
