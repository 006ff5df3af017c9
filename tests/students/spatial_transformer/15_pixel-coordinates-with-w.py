"""exercise: bilinear_sample
belief: The image has W columns, so the position is (x + 1) W / 2.
"""

import numpy as np


def bilinear_sample(image, grid):
    N, C, H, W = image.shape
    u = (grid[:, :, :, 0] + 1.0) * W / 2.0
    v = (grid[:, :, :, 1] + 1.0) * H / 2.0
    left = np.floor(u).astype(np.int64)
    upper = np.floor(v).astype(np.int64)
    batch = np.arange(N).reshape(N, 1, 1)

    result = 0
    for dj in (0, 1):
        for di in (0, 1):
            jj, ii = left + dj, upper + di
            weight = (1 - np.abs(u - jj)) * (1 - np.abs(v - ii))
            inside = (jj >= 0) & (jj < W) & (ii >= 0) & (ii < H)
            weight = np.where(inside, weight, 0)
            values = image[batch, :, np.clip(ii, 0, H - 1), np.clip(jj, 0, W - 1)]
            result = result + weight[..., None] * values
    return np.moveaxis(result, -1, 1).astype(image.dtype)
