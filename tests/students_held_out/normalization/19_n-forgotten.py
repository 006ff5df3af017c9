"""exercise: batch_norm_backward
belief: The sums over the batch stand in the bracket as they are.
"""

import numpy as np


def batch_norm_backward(dy, x, gamma, eps=1e-5):
    s = np.sqrt(x.var(axis=0) + eps)
    h = (x - x.mean(axis=0)) / s
    db = dy.sum(axis=0)
    dg = (dy * h).sum(axis=0)
    return gamma / s * (dy - db - h * dg), dg, db
