"""exercise: cross_validate
belief: The standard error is s over k.
"""

import numpy as np


def cross_validate(x, y, folds, fit, score):
    s = []
    for tr, te in folds:
        mu, sd = x[tr].mean(0), x[tr].std(0)
        const = np.ptp(x[tr], axis=0) == 0
        z = np.where(const, 0.0, (x - mu) / np.where(const, 1.0, sd))
        s.append(float(score(fit(z[tr], y[tr]), z[te], y[te])))
    return sum(s) / len(s), float(np.std(s, ddof=1)) / len(s)
