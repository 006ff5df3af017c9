"""exercise: truncated_bptt
belief: Only full windows of k steps are trained on; what is left at the end of the text is read,
but too short for a window of its own.
"""

import numpy as np


def truncated_bptt(x, h0, u, w, b, dhs, k):
    T = x.shape[0]
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    h = h0
    p = 0
    while p + k <= T:
        hs = {-1: h}
        for i in range(k):
            hs[i] = np.tanh(x[p + i] @ u.T + hs[i - 1] @ w.T + b)
        dhnext = np.zeros_like(h)
        for i in reversed(range(k)):
            dhraw = (1 - hs[i] * hs[i]) * (dhs[p + i] + dhnext)
            db += dhraw.sum(axis=0)
            du += dhraw.T @ x[p + i]
            dw += dhraw.T @ hs[i - 1]
            dhnext = dhraw @ w
        h = hs[k - 1]
        p += k
    for t in range(p, T):
        h = np.tanh(x[t] @ u.T + h @ w.T + b)
    return du, dw, db, h
