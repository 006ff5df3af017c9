"""exercise: random_search
belief: u times the high end is a draw from the box.
"""

import numpy as np


def random_search(u, box, log):
    low, high = box
    out = u * high + low
    for j in np.flatnonzero(log):
        out[:, j] = low[j] * (high[j] / low[j]) ** u[:, j]
    return out.astype(u.dtype)
