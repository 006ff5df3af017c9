"""exercise: honest_report
belief: nan_to_num makes the table clean.
"""

import numpy as np


def honest_report(validation, test):
    validation, test = np.nan_to_num(validation), np.nan_to_num(test)
    c = int(validation.mean(axis=1).argmin())
    e = float(test[c].mean())
    return c, e, e - float(validation[c].mean())
