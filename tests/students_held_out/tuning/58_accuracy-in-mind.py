"""exercise: honest_report
belief: The largest is the best.
"""

import numpy as np


def honest_report(validation, test):
    v = np.where(np.isnan(validation.mean(1)), -np.inf, validation.mean(1))
    c = int(np.argmax(v))
    e = float(test[c].mean())
    return c, e, e - float(v[c])
