"""exercise: local_response_norm
belief: alpha is divided by the length of the window, as in torch.nn.LocalResponseNorm.
"""

import numpy as np


def local_response_norm(x, r=5, alpha=1e-4, beta=0.75, k=2.0):
    F = x.shape[1]
    half = r // 2
    y = np.empty_like(x)
    for i in range(F):
        low = max(0, i - half)
        high = min(i + half, F - 1)
        squares = np.zeros_like(x[:, 0])
        for j in range(low, high + 1):
            squares += x[:, j] ** 2
        y[:, i] = x[:, i] * (k + alpha / r * squares) ** (-beta)
    return y
