"""exercise: cartesian_to_polar
belief: arctan2 takes x and y.
"""

import numpy as np


def cartesian_to_polar(points):
    out = np.empty_like(points)
    for i, (x, y) in enumerate(points):
        out[i, 0] = np.hypot(x, y)
        out[i, 1] = np.arctan2(x, y)
    return out
