"""exercise: lr_range_test
belief: Steps are equidistant on the log axis, so differences of losses suffice.
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
    falls = [s[t + 1] - s[t - 1] for t in range(1, len(s) - 1)]
    return float(rates[1 + falls.index(min(falls))]), float(rates[len(s) - 1])
