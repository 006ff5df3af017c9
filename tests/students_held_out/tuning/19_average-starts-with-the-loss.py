"""exercise: lr_range_test
belief: The average begins with the first loss, so no correction is needed.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    m, s = float(losses[0]), []
    for v in losses:
        m = beta * m + (1 - beta) * float(v)
        if not np.isfinite(m) or (s and m > 4 * min(s)):
            break
        s.append(m)
    s, x = np.array(s), np.log(rates[: len(s)])
    d = (s[2:] - s[:-2]) / (x[2:] - x[:-2])
    return float(rates[1 + np.argmin(d)]), float(rates[len(s) - 1])
