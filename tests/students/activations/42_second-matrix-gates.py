"""exercise: swiglu_backward
belief: As in the LLaMA code w3, the second one is the gate.
"""

import numpy as np


def swiglu_backward(dy, x, w, v):
    m = x @ w.T
    g = x @ v.T
    s = 1 / (1 + np.exp(-g))
    silu = g * s
    dsilu = s * (1 + g * (1 - s))
    dg = dy * m * dsilu
    dm = dy * silu
    dx = dg @ v + dm @ w
    return dx, dm.T @ x, dg.T @ x
