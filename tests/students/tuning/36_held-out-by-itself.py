"""exercise: cross_validate
belief: The held-out rows are standardised with their own mean and deviation.
"""

import numpy as np


def cross_validate(x, y, folds, fit, score):
    def scale(rows):
        ok = np.ptp(rows, axis=0) > 0
        return np.where(ok, (rows - rows.mean(0)) / np.where(ok, rows.std(0), 1), 0)

    vals = []
    for a, b in folds:
        model = fit(scale(x[a]), y[a])
        vals.append(score(model, scale(x[b]), y[b]))
    return float(np.mean(vals)), float(np.std(vals, ddof=1) / len(vals) ** 0.5)
