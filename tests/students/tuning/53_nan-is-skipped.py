"""exercise: honest_report
belief: Diverged starts are left out of the mean.
"""

import numpy as np


def honest_report(validation, test):
    v = np.nanmean(validation, axis=1)
    c = int(np.argmin(v))
    e = float(np.nanmean(test[c]))
    return c, e, e - float(v[c])
