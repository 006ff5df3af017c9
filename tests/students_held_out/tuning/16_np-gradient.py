"""exercise: lr_range_test
belief: np.gradient of loss by log rate gives the derivative, ends included.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    m, s = 0.0, []
    for t, v in enumerate(losses):
        m = beta * m + (1 - beta) * v
        c = m / (1 - beta ** (t + 1))
        if not np.isfinite(c) or (s and c > 4 * min(s)):
            break
        s.append(c)
    x = np.log(np.asarray(rates[: len(s)], float))
    s = np.array(s)
    d = np.empty(len(s))
    d[1:-1] = (s[2:] - s[:-2]) / (x[2:] - x[:-2])
    d[0] = (s[1] - s[0]) / (x[1] - x[0])
    d[-1] = (s[-1] - s[-2]) / (x[-1] - x[-2])
    return float(rates[d.argmin()]), float(rates[len(s) - 1])
