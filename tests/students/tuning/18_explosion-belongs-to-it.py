"""exercise: lr_range_test
belief: The rate at which it explodes is the largest one.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    s, m, end = [], 0.0, len(losses)
    for t, loss in enumerate(losses):
        m = beta * m + (1 - beta) * loss
        c = m / (1 - beta ** (t + 1))
        if not np.isfinite(c) or (s and c > 4 * min(s)):
            end = t
            break
        s.append(c)
    s, x = np.array(s), np.log(rates[:end])
    d = (s[2:] - s[:-2]) / (x[2:] - x[:-2])
    return float(rates[d.argmin() + 1]), float(rates[min(end, len(rates) - 1)])
