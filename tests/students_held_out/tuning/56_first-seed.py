"""exercise: honest_report
belief: The first start stands for all.
"""

import numpy as np


def honest_report(validation, test):
    v = np.where(np.isnan(validation).any(axis=1), np.inf, validation[:, 0])
    c = int(np.argmin(v))
    e = float(test[c].mean())
    return c, e, e - float(validation[c].mean())
