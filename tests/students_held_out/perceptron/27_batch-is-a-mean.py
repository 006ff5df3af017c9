"""exercise: whose_update
belief: A batch step uses the mean.
"""

import numpy as np


def whose_update(path, x, y):
    n = len(x)
    xb = np.column_stack([np.ones(n), x])
    d = np.diff(path, axis=0)
    z = np.einsum("ij,ij->i", xb, path[:-1])
    e = y - (z >= 0)
    if np.allclose(d[:-1], 0):
        t = (y - (xb @ path[0] >= 0)) @ xb / n
        return "batch", float(d[-1] @ t / (t @ t))
    if np.allclose(d[:, 0], 0):
        v = e[:, None] * x
        return "no-bias", float((d[:, 1:] * v).sum() / (v * v).sum())
    best = None
    for name, c in (("perceptron", e), ("reversed", -e), ("hebb", 2 * y - 1), ("adaline", y - z)):
        v = c[:, None] * xb
        r = (d * v).sum() / (v * v).sum()
        g = ((d - r * v) ** 2).sum()
        if r > 0 and (best is None or g < best[0]):
            best = (g, name, r)
    return best[1], float(best[2])
