"""exercise: residual_forward
belief: The second convolution makes the image smaller, after the first one has seen it in full.
teacher: The stride stands in the first convolution of the two; in the second one the same shape comes out, but other numbers.
"""

import numpy as np


def residual_forward(x, w1, w2, projection=None, stride=1):
    def conv(images, kernels, step, pad):
        N, C, H, W = images.shape
        F, _, K, _ = kernels.shape
        padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=images.dtype)
        padded[:, :, pad:pad + H, pad:pad + W] = images
        rows = (H + 2 * pad - K) // step + 1
        columns = (W + 2 * pad - K) // step + 1
        result = np.zeros((N, F, rows, columns), dtype=images.dtype)
        for n in range(N):
            for f in range(F):
                for i in range(rows):
                    for j in range(columns):
                        window = padded[n, :, i * step:i * step + K, j * step:j * step + K]
                        result[n, f, i, j] = np.sum(window * kernels[f])
        return result

    first = conv(x, w1, 1, 1)
    first[first < 0] = 0
    branch = conv(first, w2, stride, 1)
    shortcut = x if projection is None else conv(x, projection, stride, 0)
    total = shortcut + branch
    return np.where(total > 0, total, 0).astype(x.dtype)
