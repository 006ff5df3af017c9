"""exercise: performance_schedule
belief: A check is a failure when the error has not gone down since the previous check.
"""

import numpy as np


def performance_schedule(errors, lr0, every=1, patience=2, factor=10.0):
    rates = np.zeros(len(errors), dtype=errors.dtype)
    lr = lr0
    last_error = np.inf
    bad = 0
    for step in range(len(errors)):
        rates[step] = lr
        if (step + 1) % every != 0:
            continue
        if errors[step] < last_error:
            bad = 0
        else:
            bad += 1
        last_error = errors[step]
        if bad >= patience:
            lr = lr / factor
            bad = 0
    return rates
