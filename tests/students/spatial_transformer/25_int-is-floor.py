"""exercise: bilinear_sample
belief: int(p) is the left neighbour of p, for negative positions as well.
"""

import numpy as np


def bilinear_sample(image, grid):
    N, C, H, W = image.shape
    R, S = grid.shape[1:3]
    out = np.zeros((N, C, R, S), dtype=image.dtype)
    for n in range(N):
        for r in range(R):
            for s in range(S):
                x, y = grid[n, r, s]
                p = (x + 1) * (W - 1) / 2
                q = (y + 1) * (H - 1) / 2
                j0, i0 = int(p), int(q)
                fx, fy = p - j0, q - i0
                for i, wi in ((i0, 1 - fy), (i0 + 1, fy)):
                    for j, wj in ((j0, 1 - fx), (j0 + 1, fx)):
                        if 0 <= i < H and 0 <= j < W:
                            out[n, :, r, s] += wi * wj * image[n, :, i, j]
    return out
