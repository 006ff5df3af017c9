"""exercise: lr_range_test
belief: A moving average needs no correction at its start.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    s = []
    m = 0.0
    for loss in losses:
        m = beta * m + (1 - beta) * loss
        if not np.isfinite(m) or (s and m > 4 * min(s)):
            break
        s.append(m)
    s = np.array(s)
    n = len(s)
    x = np.log(rates[:n])
    d = (s[2:] - s[:-2]) / (x[2:] - x[:-2])
    return float(rates[np.argmin(d) + 1]), float(rates[n - 1])
