"""exercise: whose_update
belief: Weights that move on mistakes are a perceptron's, bias or not.
"""

import numpy as np


def whose_update(path, x, y):
    xb = np.column_stack([np.ones(len(x)), x])
    d = np.diff(path, axis=0)
    z = (xb * path[:-1]).sum(axis=1)
    e = y - (z >= 0)
    if np.allclose(d[:-1], 0):
        t = (y - (xb @ path[0] >= 0)) @ xb
        return "batch", float(d[-1] @ t / (t @ t))
    moved = np.abs(d).max(axis=1) > 1e-6
    if (moved == (e != 0)).all():
        k = int(np.argmax(moved))
        r = d[k, 1:] @ xb[k, 1:] / (xb[k, 1:] @ xb[k, 1:]) / e[k]
        return ("perceptron", float(r)) if r > 0 else ("reversed", float(-r))
    h = (2 * y - 1)[:, None] * xb
    r = (d * h).sum() / (h * h).sum()
    if np.abs(d - r * h).max() < 1e-3 * np.abs(d).max():
        return "hebb", float(r)
    a = (y - z)[:, None] * xb
    return "adaline", float((d * a).sum() / (a * a).sum())
