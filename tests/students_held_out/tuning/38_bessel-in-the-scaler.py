"""exercise: cross_validate
belief: A standard deviation has the divisor N - 1, always.
"""

import math

import numpy as np


def cross_validate(x, y, folds, fit, score):
    s = []
    for tr, te in folds:
        mu, sd = x[tr].mean(0), x[tr].std(0, ddof=1)
        const = np.ptp(x[tr], axis=0) == 0
        z = np.where(const, 0.0, (x - mu) / np.where(const, 1.0, sd))
        s.append(score(fit(z[tr], y[tr]), z[te], y[te]))
    return float(np.mean(s)), float(np.std(s, ddof=1) / math.sqrt(len(s)))
