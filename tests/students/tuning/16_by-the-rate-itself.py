"""exercise: lr_range_test
belief: The derivative is taken by the rate.
"""

import numpy as np


def lr_range_test(rates, losses, beta=0.0):
    s, m = [], 0.0
    for t, loss in enumerate(losses):
        m = beta * m + (1 - beta) * loss
        c = m / (1 - beta ** (t + 1))
        if not np.isfinite(c) or c > 4 * min([*s, c]):
            break
        s.append(c)
    s, r = np.array(s), rates[: len(s)]
    slope = (s[2:] - s[:-2]) / (r[2:] - r[:-2])
    return float(r[1:-1][np.argmin(slope)]), float(r[-1])
