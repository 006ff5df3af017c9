"""exercise: which_norm
belief: Layer norm is the usual one for images without a batch, so it is tried first.
"""

import numpy as np


def which_norm(y):
    N, C, H, W = y.shape

    def ok(a):
        return bool(np.allclose(a.mean(-1), 0, atol=1e-2) and np.allclose(a.var(-1), 1, atol=1e-2))

    for g in range(1, C + 1):
        if C % g == 0 and ok(y.reshape(N, g, -1)):
            return ("layer" if g == 1 else "instance" if g == C else "group"), g
    if ok(y.transpose(1, 0, 2, 3).reshape(C, -1)):
        return "batch", 0
    return "none", 0
