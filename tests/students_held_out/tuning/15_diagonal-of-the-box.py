"""exercise: random_search
belief: One draw places a setting: the first of its row.
"""

import numpy as np


def random_search(u, box, log):
    low, high = box
    t = u[:, 0:1]
    lin = low + (high - low) * t
    with np.errstate(all="ignore"):
        geo = np.exp(np.log(low) + t * (np.log(high) - np.log(low)))
    return np.where(log, geo, lin).astype(u.dtype)
