"""exercise: pool_backward
belief: The gradient of an average goes undivided to every pixel, since each of them has taken part.
"""

import numpy as np


def pool_backward(dy, x, size, stride=None, padding=0, kind="max"):
    s = size if stride is None else stride
    N, C, H, W = x.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    top, left = max(i * s - padding, 0), max(j * s - padding, 0)
                    bottom, right = i * s - padding + size, j * s - padding + size
                    patch = x[n, c, top:bottom, left:right]
                    if kind == "max":
                        u, v = np.unravel_index(np.argmax(patch), patch.shape)
                        dx[n, c, top + u, left + v] += dy[n, c, i, j]
                    else:
                        dx[n, c, top:bottom, left:right] += dy[n, c, i, j]
    return dx
