"""exercise: whose_update
belief: The input of the bias is always 1, so the rate of a batch can be read off the bias alone: its move by the sum of the misses.
"""

import numpy as np


def whose_update(path, x, y):
    xt = np.insert(x.astype(float), 0, 1.0, axis=1)
    d = path[1:] - path[:-1]
    z = np.einsum("td,td->t", path[:-1], xt)
    miss = y - (z >= 0)
    start = y - (xt @ path[0] >= 0)
    if np.all(np.abs(d[:-1]) < 1e-12):
        with np.errstate(all="ignore"):
            eta = np.float64(d[-1, 0]) / np.float64(start.sum())
        return "batch", float(eta)
    without = xt.copy()
    without[:, 0] = 0
    options = [
        ("perceptron", miss[:, None] * xt),
        ("reversed", -miss[:, None] * xt),
        ("no-bias", miss[:, None] * without),
        ("hebb", (2 * y - 1)[:, None] * xt),
        ("adaline", (y - z)[:, None] * xt),
    ]
    best = None
    for name, u in options:
        eta = float((d * u).sum() / (u * u).sum())
        gap = np.abs(d - eta * u).max()
        if eta > 0 and (best is None or gap < best[0]):
            best = (gap, name, eta)
    return best[1], best[2]
