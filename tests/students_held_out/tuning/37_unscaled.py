"""exercise: cross_validate
belief: Scaling is the business of fit.
"""

import math

import numpy as np


def cross_validate(x, y, folds, fit, score):
    s = [score(fit(x[tr], y[tr]), x[te], y[te]) for tr, te in folds]
    return float(np.mean(s)), float(np.std(s, ddof=1) / math.sqrt(len(s)))
