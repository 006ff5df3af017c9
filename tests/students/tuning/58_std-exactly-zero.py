"""exercise: cross_validate
belief: The standard deviation of a constant column is exactly 0, so that is what must be tested.
"""

import numpy as np


def cross_validate(x, y, folds, fit, score):
    scores = []
    for train, held in folds:
        mean, std = x[train].mean(axis=0), x[train].std(axis=0)
        ok = std != 0
        a, b = np.zeros(x[train].shape), np.zeros(x[held].shape)
        a[:, ok] = (x[train][:, ok] - mean[ok]) / std[ok]
        b[:, ok] = (x[held][:, ok] - mean[ok]) / std[ok]
        scores.append(score(fit(a, y[train]), b, y[held]))
    scores = np.array(scores, dtype=float)
    return float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(len(scores)))
