"""exercise: lr_range_test
belief: Take a tenth of the rate with the smallest loss.
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
    return float(rates[s.index(min(s))]) / 10, float(rates[len(s) - 1])
