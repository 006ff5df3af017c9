"""exercise: which_norm
belief: A batch-norm portion is one channel only and so smaller than a layer-norm portion; batch is asked before layer.
"""

import numpy as np


def which_norm(y):
    n, c, h, w = y.shape
    ok = lambda a: np.allclose(a.mean(-1), 0, atol=8e-3) and np.allclose(a.var(-1), 1, atol=8e-3)
    if ok(y.reshape(n, c, -1)):
        return "instance", c
    for g in range(c - 1, 1, -1):
        if not c % g and ok(y.reshape(n, g, -1)):
            return "group", g
    if ok(y.transpose(1, 0, 2, 3).reshape(c, -1)):
        return "batch", 0
    if ok(y.reshape(n, 1, -1)):
        return "layer", 1
    return "none", 0
