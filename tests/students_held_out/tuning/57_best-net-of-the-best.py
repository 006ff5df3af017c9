"""exercise: honest_report
belief: Report the test error of the start with the best validation error.
"""

import numpy as np


def honest_report(validation, test):
    v = np.where(np.isnan(validation.mean(1)), np.inf, validation.mean(1))
    c = int(np.argmin(v))
    s = int(np.argmin(validation[c]))
    e = float(test[c, s])
    return c, e, e - float(v[c])
