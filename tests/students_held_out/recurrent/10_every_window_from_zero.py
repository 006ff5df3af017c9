"""exercise: truncated_bptt
belief: Each window is a training case of its own, so it starts from a state of zeros.
"""

import numpy as np


def truncated_bptt(x, h0, u, w, b, dhs, k):
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    h = h0
    for start in range(0, len(x), k):
        xs, ds = x[start : start + k], dhs[start : start + k]
        if start > 0:
            h = np.zeros_like(h0)
        hs = [h]
        for xt in xs:
            hs.append(np.tanh(xt @ u.T + hs[-1] @ w.T + b))
        carry = np.zeros_like(h0)
        for t in range(len(xs) - 1, -1, -1):
            delta = (ds[t] + carry) * (1 - hs[t + 1] ** 2)
            du += delta.T @ xs[t]
            dw += delta.T @ hs[t]
            db += delta.sum(axis=0)
            carry = delta @ w
        h = hs[-1]  # .detach()
    return du, dw, db, h
