"""exercise: cross_validate
belief: Standardise x once, then go through the folds.
"""

import numpy as np


def cross_validate(x, y, folds, fit, score):
    s = x.std(axis=0)
    z = np.where(s > 0, (x - x.mean(axis=0)) / np.where(s > 0, s, 1), 0)
    vals = np.array([score(fit(z[a], y[a]), z[b], y[b]) for a, b in folds])
    return float(vals.mean()), float(vals.std(ddof=1) / np.sqrt(len(vals)))
