"""exercise: relative_error
belief: The relative error divides by |a| + |b|, as in the CS231n notes.
"""

import numpy as np


def relative_error(a, b):
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    num = np.abs(a - b)
    den = np.abs(a) + np.abs(b)
    den[den == 0] = 1  # 0 / 0
    return float(np.max(num / den))
