"""exercise: honest_report
belief: Take the setting with the best single run.
"""

import numpy as np


def honest_report(validation, test):
    c, _ = np.unravel_index(np.nanargmin(validation), validation.shape)
    estimate = float(np.mean(test[c]))
    return int(c), estimate, float(estimate - np.mean(validation[c]))
