"""exercise: bilinear_sample_backward
belief: dimage[n, :, i, j] += share adds the share of each position, also where positions read the same pixel.
"""

import numpy as np


def bilinear_sample_backward(dv, image, grid):
    N, C, H, W = image.shape
    dimage = np.zeros_like(image)
    dgrid = np.zeros_like(grid)
    p = (grid[..., 0] + 1) * (W - 1) / 2
    q = (grid[..., 1] + 1) * (H - 1) / 2
    j0 = np.floor(p).astype(int)
    i0 = np.floor(q).astype(int)
    for n in range(N):
        for di, sign_q in ((0, -1), (1, 1)):
            for dj, sign_p in ((0, -1), (1, 1)):
                i, j = i0[n] + di, j0[n] + dj
                ok = (i >= 0) & (i < H) & (j >= 0) & (j < W)
                wq = 1 - np.abs(q[n] - i)
                wp = 1 - np.abs(p[n] - j)
                ii, jj = i[ok], j[ok]
                share = dv[n][:, ok] * (wq * wp)[ok]
                dimage[n, :, ii, jj] += share.T

                pull = (dv[n][:, ok] * image[n][:, ii, jj]).sum(axis=0)
                dgrid[n, ok, 0] += pull * wq[ok] * sign_p * (W - 1) / 2
                dgrid[n, ok, 1] += pull * wp[ok] * sign_q * (H - 1) / 2
    return dimage, dgrid
