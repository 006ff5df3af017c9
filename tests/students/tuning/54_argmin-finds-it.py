"""exercise: honest_report
belief: argmin passes over NaN.
"""

import numpy as np


def honest_report(validation, test):
    v = validation.mean(axis=1)
    c = int(np.argmin(v))
    e = float(test[c].mean())
    return c, e, e - float(v[c])
