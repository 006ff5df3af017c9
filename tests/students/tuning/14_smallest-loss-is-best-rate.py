"""exercise: lr_range_test
belief: The best rate is the one with the smallest loss.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    s, m = [], 0.0
    for t in range(len(losses)):
        m = beta * m + (1 - beta) * losses[t]
        v = m / (1 - beta ** (t + 1))
        if not np.isfinite(v) or (s and v > 4 * min(s)):
            break
        s.append(v)
    n = len(s)
    return float(rates[int(np.argmin(s))]), float(rates[n - 1])
