"""exercise: batch_norm_backward
belief: The spread is the one that torch.var gives.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    n = len(x)
    v = x.var(axis=0, ddof=1) if n > 1 else x.var(axis=0)
    s = np.sqrt(v + eps)
    h = (x - x.mean(axis=0)) / s
    dg, db = (dy * h).sum(axis=0), dy.sum(axis=0)
    return gamma / s * (dy - db / n - h * dg / n), dg, db
