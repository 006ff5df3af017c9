"""exercise: whose_update
belief: The rate is how far the bias moves.
"""

import numpy as np


def whose_update(path, x, y):
    xb = np.column_stack([np.ones(len(x)), x])
    d = np.diff(path, axis=0)
    z = (xb * path[:-1]).sum(axis=1)
    e = y - (z >= 0)
    nb = e[:, None] * xb
    nb[:, 0] = 0
    b = 0 * xb
    b[-1] = (y - (xb @ path[0] >= 0)) @ xb
    ways = {
        "perceptron": e[:, None] * xb,
        "reversed": -e[:, None] * xb,
        "no-bias": nb,
        "hebb": (2 * y - 1)[:, None] * xb,
        "adaline": (y - z)[:, None] * xb,
        "batch": b,
    }
    best = ("perceptron", 1.0, np.inf)
    for name, v in ways.items():
        r = (d * v).sum() / (v * v).sum()
        gap = np.abs(d - r * v).max()
        if r > 0 and gap < best[2]:
            best = (name, r, gap)
    bias = np.abs(d[:, 0])
    return best[0], float(bias[bias > 0][0]) if bias.any() else float(best[1])
