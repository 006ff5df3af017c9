"""exercise: segmentation_head
belief: It is enough to subtract the largest score of the whole batch before the exponential.
"""

import numpy as np


def segmentation_head(x, w, b, factor=1):
    N, C, H, W = x.shape
    K = w.shape[0]
    z = np.zeros((N, K, H, W), dtype=x.dtype)
    for k in range(K):
        for c in range(C):
            z[:, k] += w[k, c] * x[:, c]
        z[:, k] += b[k]
    z = np.kron(z, np.ones((1, 1, factor, factor), dtype=x.dtype))
    z = z - z.max()  # no overflow
    ez = np.exp(z)
    total = ez.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return ez / total
