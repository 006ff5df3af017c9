"""exercise: cross_validate
belief: The standard deviation of the scores divides by k.
"""

import numpy as np


def cross_validate(x, y, folds, fit, score):
    vals = []
    for a, b in folds:
        m, s = x[a].mean(0), x[a].std(0)
        ok = np.ptp(x[a], axis=0) > 0
        z = np.where(ok, (x - m) / np.where(ok, s, 1), 0)
        vals.append(score(fit(z[a], y[a]), z[b], y[b]))
    return float(np.mean(vals)), float(np.std(vals) / np.sqrt(len(vals)))
