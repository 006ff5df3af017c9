"""exercise: whose_update
belief: If the bias ends where it began, it was never learned: no-bias.
"""

import numpy as np


def whose_update(path, x, y):
    ones = np.column_stack([np.ones(len(x)), x])
    moves = np.diff(path, axis=0)
    z = np.sum(path[:-1] * ones, axis=1)
    out = (z >= 0).astype(float)
    miss = y - out

    def rate(units):
        return float(np.sum(moves * units) / np.sum(units * units))

    if not np.any(np.abs(moves[:-1]) > 1e-12):
        total = (y - (ones @ path[0] >= 0)) @ ones
        return "batch", float(moves[-1] @ total / (total @ total))
    if abs(path[-1, 0] - path[0, 0]) < 1e-9:
        units = miss[:, None] * ones
        units[:, 0] = 0
        return "no-bias", rate(units)
    table = {"perceptron": miss, "reversed": -miss, "hebb": 2.0 * y - 1, "adaline": y - z}
    for name, factor in table.items():
        units = factor[:, None] * ones
        lr = rate(units)
        if lr > 0 and np.allclose(moves, lr * units, atol=1e-7):
            return name, lr
    return "no-bias", 0.0
