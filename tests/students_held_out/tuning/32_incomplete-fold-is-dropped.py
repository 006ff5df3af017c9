"""exercise: k_fold
belief: Samples that do not fill a fold are left out of it.
"""

import numpy as np


def k_fold(n, k, order):
    m = n // k
    return [
        (np.concatenate((order[: i * m], order[(i + 1) * m :])), order[i * m : (i + 1) * m])
        for i in range(k)
    ]
