"""exercise: cross_validate
belief: The mean over all held-out samples, so each fold counts by its size.
"""

import math

import numpy as np


def cross_validate(x, y, folds, fit, score):
    s, w = [], []
    for tr, te in folds:
        mu, sd = x[tr].mean(0), x[tr].std(0)
        const = x[tr].max(0) == x[tr].min(0)
        z = np.where(const, 0.0, (x - mu) / np.where(const, 1.0, sd))
        s.append(score(fit(z[tr], y[tr]), z[te], y[te]))
        w.append(len(te))
    return float(np.average(s, weights=w)), float(np.std(s, ddof=1) / math.sqrt(len(s)))
