"""exercise: k_fold
belief: All folds have n // k samples, and the last one takes the rest.
"""

import numpy as np


def k_fold(n, k, order):
    size, out = n // k, []
    for i in range(k):
        stop = n if i == k - 1 else (i + 1) * size
        held = order[i * size : stop]
        out.append((np.concatenate([order[: i * size], order[stop:]]), held))
    return out
