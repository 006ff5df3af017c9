"""exercise: bilinear_sample_backward
belief: The derivative with respect to the pixel position is already the gradient with respect to the grid.
"""

import numpy as np


def bilinear_sample_backward(dv, image, grid):
    N, C, H, W = image.shape
    R, S = grid.shape[1], grid.shape[2]
    dimage = np.zeros(image.shape)
    dgrid = np.zeros(grid.shape)
    for n in range(N):
        for r in range(R):
            for s in range(S):
                x, y = grid[n, r, s]
                p = (x + 1) * (W - 1) / 2
                q = (y + 1) * (H - 1) / 2
                j0, i0 = int(np.floor(p)), int(np.floor(q))
                for i in (i0, i0 + 1):
                    for j in (j0, j0 + 1):
                        if i < 0 or i >= H or j < 0 or j >= W:
                            continue
                        wy = 1 - abs(q - i)
                        wx = 1 - abs(p - j)
                        dimage[n, :, i, j] += wy * wx * dv[n, :, r, s]
                        pull = np.sum(dv[n, :, r, s] * image[n, :, i, j])
                        dgrid[n, r, s, 0] += wy * pull * (1 if j >= p else -1)
                        dgrid[n, r, s, 1] += wx * pull * (1 if i >= q else -1)
    return dimage.astype(image.dtype), dgrid.astype(grid.dtype)
