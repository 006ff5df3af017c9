"""exercise: hard_unit
belief: The sign is +1 or -1; zero counts as positive.
"""

import numpy as np


def hard_unit(z, kind):
    ones = np.ones_like(z)
    if kind == "step":
        return (z >= 0) * ones, ones
    elif kind == "sign":
        return np.where(z >= 0, ones, -ones), ones
    a = np.clip(z + 0.5, 0, 1)
    return a, ((a > 0) & (a < 1)) * ones
