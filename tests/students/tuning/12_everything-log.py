"""exercise: random_search
belief: All hyperparameters are drawn on a log scale if one is.
"""

import numpy as np


def random_search(u, box, log):
    low, high = box
    if log.any():
        with np.errstate(all="ignore"):
            lo, hi = np.log(low), np.log(high)
            return np.exp(lo + (hi - lo) * u).astype(u.dtype)
    return (low + (high - low) * u).astype(u.dtype)
