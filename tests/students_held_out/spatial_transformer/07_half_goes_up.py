"""exercise: nearest_sample
belief: Rounding to the nearest pixel is floor(p + 0.5).
"""

import numpy as np


def nearest_sample(image, grid):
    N, C, H, W = image.shape
    R, S = grid.shape[1:3]
    col = np.floor((grid[..., 0] + 1) * (W - 1) / 2 + 0.5).astype(int)
    row = np.floor((grid[..., 1] + 1) * (H - 1) / 2 + 0.5).astype(int)
    out = np.zeros((N, C, R, S), dtype=image.dtype)
    for n in range(N):
        for r in range(R):
            for s in range(S):
                i, j = row[n, r, s], col[n, r, s]
                if 0 <= i < H and 0 <= j < W:
                    out[n, :, r, s] = image[n, :, i, j]
    return out
