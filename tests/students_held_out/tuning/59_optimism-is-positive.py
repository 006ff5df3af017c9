"""exercise: honest_report
belief: Optimism is a size, so it has no sign.
"""

import numpy as np


def honest_report(validation, test):
    v = np.where(np.isnan(validation.mean(1)), np.inf, validation.mean(1))
    c = int(np.argmin(v))
    e = float(test[c].mean())
    return c, e, abs(e - float(v[c]))
