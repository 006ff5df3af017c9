"""exercise: performance_schedule
belief: The error has stopped falling when it is not below the previous check's error.
"""

import numpy as np


def performance_schedule(errors, lr0, every=1, patience=2, factor=10.0):
    T = len(errors)
    rates = np.zeros(T, dtype=errors.dtype)
    lr = lr0
    last = np.inf
    bad = 0
    for t in range(T):
        rates[t] = lr
        if (t + 1) % every != 0:
            continue
        err = errors[t]
        if err < last:
            bad = 0
        else:
            bad = bad + 1
            if bad == patience:
                lr = lr / factor
                bad = 0
        last = err
    return rates
