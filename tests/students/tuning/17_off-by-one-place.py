"""exercise: lr_range_test
belief: The k-th central difference belongs to the k-th rate.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    s, m = [], 0.0
    for t, loss in enumerate(losses):
        m = beta * m + (1 - beta) * loss
        c = m / (1 - beta ** (t + 1))
        if not np.isfinite(c) or (s and c > 4 * min(s)):
            break
        s.append(c)
    s, x = np.array(s), np.log(rates[: len(s)])
    d = (s[2:] - s[:-2]) / (x[2:] - x[:-2])
    return float(rates[d.argmin()]), float(rates[len(s) - 1])
