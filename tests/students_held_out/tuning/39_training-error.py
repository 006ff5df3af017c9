"""exercise: cross_validate
belief: The score is taken where the model was fitted.
"""

import math

import numpy as np


def cross_validate(x, y, folds, fit, score):
    s = []
    for tr, _ in folds:
        mu, sd = x[tr].mean(0), x[tr].std(0)
        const = np.ptp(x[tr], axis=0) == 0
        z = np.where(const, 0.0, (x - mu) / np.where(const, 1.0, sd))
        s.append(score(fit(z[tr], y[tr]), z[tr], y[tr]))
    return float(np.mean(s)), float(np.std(s, ddof=1) / math.sqrt(len(s)))
