"""exercise: inception_forward
belief: The pool's border is filled with zeros, as that of the convolutions.
teacher: A zero at the border would be the largest where all pixels are negative; padding must never be the largest, so it is minus infinity.
"""

import numpy as np


def inception_forward(x, one, reduce3, three, reduce5, five, project):
    def conv(images, kernels, pad):
        N, C, H, W = images.shape
        F, _, K, _ = kernels.shape
        room = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        out = np.zeros((N, F, H, W), dtype=images.dtype)
        for i in range(H):
            for j in range(W):
                patch = room[:, :, i:i + K, j:j + K]
                for f in range(F):
                    out[:, f, i, j] = np.sum(patch * kernels[f], axis=(1, 2, 3))
        out[out < 0] = 0
        return out

    N, C, H, W = x.shape
    pooled = np.zeros_like(x)
    for i in range(H):
        for j in range(W):
            room = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
            pooled[:, :, i, j] = room[:, :, i:i + 3, j:j + 3].max(axis=(2, 3))
    path1 = conv(x, one, 0)
    path2 = conv(conv(x, reduce3, 0), three, 1)
    path3 = conv(conv(x, reduce5, 0), five, 2)
    path4 = conv(pooled, project, 0)
    return np.concatenate((path1, path2, path3, path4), axis=1)
