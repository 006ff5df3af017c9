"""exercise: cd1_update
belief: The gradient of a batch is the sum over its images; the learning rate takes care of the size.
"""

import numpy as np


def cd1_update(x, w, b, d, u_h, u_x, lr):
    def prob(z):
        return np.where(z >= 0, 1.0, np.exp(-np.abs(z))) / (1.0 + np.exp(-np.abs(z)))

    change_w = np.zeros(w.shape)
    change_b = np.zeros(b.shape)
    change_d = np.zeros(d.shape)
    N = x.shape[0]
    for n in range(N):
        v0 = x[n]
        h0 = prob(v0 @ w + d)
        on = np.where(u_h[n] < h0, 1.0, 0.0)
        v1 = np.where(u_x[n] < prob(w @ on + b), 1.0, 0.0)
        h1 = prob(v1 @ w + d)
        change_w += np.outer(v0, h0) - np.outer(v1, h1)
        change_b += v0 - v1
        change_d += h0 - h1
    step = lr
    return ((w + step * change_w).astype(w.dtype), (b + step * change_b).astype(w.dtype),
            (d + step * change_d).astype(w.dtype))
