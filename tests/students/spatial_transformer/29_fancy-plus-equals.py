"""exercise: bilinear_sample_backward
belief: dimage[index arrays] += share adds up, also where several positions read the same pixel.
"""

import numpy as np


def bilinear_sample_backward(dv, image, grid):
    N, C, H, W = image.shape
    p = 0.5 * (grid[..., 0] + 1) * (W - 1)
    q = 0.5 * (grid[..., 1] + 1) * (H - 1)
    j0, i0 = np.floor(p).astype(int), np.floor(q).astype(int)
    fp, fq = p - j0, q - i0
    batch = np.arange(N)[:, None, None]
    g = dv.transpose(0, 2, 3, 1)  # (N, R, S, C)
    dimage = np.zeros_like(image)
    dp, dq = np.zeros_like(p), np.zeros_like(q)
    for di in (0, 1):
        wi = fq if di else 1 - fq
        for dj in (0, 1):
            wj = fp if dj else 1 - fp
            i, j = i0 + di, j0 + dj
            real = (i >= 0) & (i < H) & (j >= 0) & (j < W)
            i, j = np.where(real, i, 0), np.where(real, j, 0)
            share = g * (wi * wj * real)[..., None]
            dimage[batch, :, i, j] += share.astype(image.dtype)
            u = (g * image[batch, :, i, j]).sum(axis=-1) * real
            dp += (1 if dj else -1) * wi * u
            dq += (1 if di else -1) * wj * u
    dgrid = np.stack([dp * (W - 1) / 2, dq * (H - 1) / 2], axis=-1)
    return dimage, dgrid.astype(grid.dtype)
