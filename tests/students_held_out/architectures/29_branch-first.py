"""exercise: name_shortcut
belief: A dense block hands on its new maps first and the old ones behind them.
teacher: Here it is [x, f]: what came in stands first, then the branch's maps.
"""

import numpy as np


def name_shortcut(x, f, y):
    def equal(a, b):
        return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 1e-4))

    relu = lambda z: np.maximum(z, 0)
    if equal(y, relu(f)):
        return "plain"
    if x.shape == f.shape:
        if equal(y, relu(x + f)):
            return "original"
        if equal(y, x + relu(f)):
            return "late"
        if equal(y, x + f):
            return "pre-activation"
    if equal(y, np.concatenate([f, x], axis=1)):
        return "dense"
    return "unknown"
