"""exercise: lr_range_test
belief: It has exploded when the loss is four times that of the first step.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    m, s = 0.0, []
    for t, v in enumerate(losses):
        m = beta * m + (1 - beta) * v
        c = m / (1 - beta ** (t + 1))
        if not np.isfinite(c) or (s and c > 4 * s[0]):
            break
        s.append(c)
    n = len(s)
    s, x = np.array(s), np.log(rates[:n])
    d = (s[2:] - s[:-2]) / (x[2:] - x[:-2])
    return float(rates[1 + np.argmin(d)]), float(rates[n - 1])
