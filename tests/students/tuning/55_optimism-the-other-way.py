"""exercise: honest_report
belief: The optimism is the validation error less the test error.
"""

import numpy as np


def honest_report(validation, test):
    v = validation.mean(axis=1)
    v = np.where(np.isnan(v), np.inf, v)
    c = int(np.argmin(v))
    e = float(test[c].mean())
    return c, e, float(v[c] - e)
