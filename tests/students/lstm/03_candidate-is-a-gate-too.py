"""exercise: candidate
belief: All four blocks go through the sigmoid, the candidate's as well.
"""

import numpy as np


def logistic(a):
    return 0.5 * (np.tanh(0.5 * a) + 1)


def candidate(x, h, w, b):
    N, H = h.shape
    z = np.hstack((h, x))
    out = np.empty_like(h)
    for n in range(N):
        for k in range(H):
            row = 2 * H + k
            out[n, k] = logistic(np.dot(w[row], z[n]) + b[row])
    return out
