"""exercise: js_and_earth_mover
belief: The Jensen-Shannon divergence lies between 0 and 1, so the logarithm is that of base 2.
"""

import numpy as np


def js_and_earth_mover(p, q, width):
    def kl(a, b):
        on = a > 0
        return float(np.sum(a[on] * np.log2(a[on] / b[on])))

    m = 0.5 * (p + q)
    js = 0.5 * kl(p, m) + 0.5 * kl(q, m)
    crossing = np.cumsum(p - q)
    return js, float(width * np.abs(crossing).sum())
