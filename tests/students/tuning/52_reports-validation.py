"""exercise: honest_report
belief: The validation error by which was chosen is the estimate.
"""

import numpy as np


def honest_report(validation, test):
    v = validation.mean(axis=1)
    c = int(np.nanargmin(v))
    return c, float(v[c]), float(test[c].mean() - v[c])
