"""exercise: honest_report
belief: Choose the setting whose worst start is best.
"""

import numpy as np


def honest_report(validation, test):
    w = validation.max(axis=1)
    w = np.where(np.isnan(w), np.inf, w)
    c = int(np.argmin(w))
    e = float(test[c].mean())
    return c, e, e - float(validation[c].mean())
