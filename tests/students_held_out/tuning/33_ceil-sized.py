"""exercise: k_fold
belief: All folds have ceil(n / k) samples but the last one.
"""

import math

import numpy as np


def k_fold(n, k, order):
    m = math.ceil(n / k)
    out = []
    for i in range(k):
        a, b = min(i * m, n), min((i + 1) * m, n)
        out.append((np.concatenate((order[:a], order[b:])), order[a:b]))
    return out
