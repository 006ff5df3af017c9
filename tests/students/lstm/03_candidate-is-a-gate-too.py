"""exercise: lstm_gates
belief: All four blocks go through the sigmoid, the candidate as well.
"""

import numpy as np


def logistic(a):
    return 0.5 * (np.tanh(0.5 * a) + 1)


def lstm_gates(x, h, w, b):
    N, H = h.shape
    z = np.hstack((h, x))
    out = np.empty((4, N, H), h.dtype)
    for block in range(4):
        for n in range(N):
            for k in range(H):
                row = block * H + k
                out[block, n, k] = logistic(np.dot(w[row], z[n]) + b[row])
    return out[0], out[1], out[2], out[3]
