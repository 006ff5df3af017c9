"""exercise: batch_norm_forward
belief: Epsilon is only a guard against exact zeros.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, eps=1e-5):
    m = np.mean(x, axis=0)
    v = np.mean((x - m) ** 2, axis=0)
    s = np.sqrt(v)
    s = np.where(s == 0, np.asarray(eps, x.dtype), s)
    return (x - m) / s * gamma + beta, m, v
