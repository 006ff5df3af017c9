"""exercise: bilinear_sample_backward
belief: The gradient with respect to the position is the one with respect to the pixel coordinates p and q.
"""

import numpy as np


def bilinear_sample_backward(dv, image, grid):
    N, C, H, W = image.shape
    R, S = dv.shape[2:]
    d_img = np.zeros_like(image)
    d_grid = np.zeros_like(grid)
    for n in range(N):
        for r in range(R):
            for s in range(S):
                p = 0.5 * (grid[n, r, s, 0] + 1) * (W - 1)
                q = 0.5 * (grid[n, r, s, 1] + 1) * (H - 1)
                j0, i0 = int(np.floor(p)), int(np.floor(q))
                g = dv[n, :, r, s]
                for i, j in ((i0, j0), (i0, j0 + 1), (i0 + 1, j0), (i0 + 1, j0 + 1)):
                    if not (0 <= i < H and 0 <= j < W):
                        continue
                    wq = 1 - abs(q - i)
                    wp = 1 - abs(p - j)
                    d_img[n, :, i, j] += wq * wp * g
                    dot = np.dot(g, image[n, :, i, j])
                    d_grid[n, r, s, 0] += dot * wq * (1 if j > j0 else -1)
                    d_grid[n, r, s, 1] += dot * wp * (1 if i > i0 else -1)
    return d_img, d_grid
