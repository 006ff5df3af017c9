"""exercise: k_fold
belief: The last n mod k folds have one sample more.
"""

import numpy as np


def k_fold(n, k, order):
    out, a = [], 0
    for i in range(k):
        b = a + n // k + (1 if i >= k - n % k else 0)
        out.append((np.concatenate((order[:a], order[b:])), order[a:b]))
        a = b
    return out
