"""exercise: swiglu_backward
belief: SiLU is applied to the message x V^T, and the gate x W^T is multiplied with it.
"""

import numpy as np


def swiglu_backward(dy, x, w, v):
    g = x @ w.T
    m = x @ v.T
    s = 1 / (1 + np.exp(-m))
    silu = m * s
    dsilu = s + m * s * (1 - s)
    dg = dy * silu
    dm = dy * g * dsilu
    dx = dg @ w + dm @ v
    return dx, dg.T @ x, dm.T @ x
