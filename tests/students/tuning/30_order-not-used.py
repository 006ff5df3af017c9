"""exercise: k_fold
belief: Folds are cut from the samples' own numbers.
"""

import numpy as np


def k_fold(n, k, order):
    pieces = np.array_split(np.arange(n), k)
    return [(np.concatenate(pieces[:i] + pieces[i + 1 :]), pieces[i]) for i in range(k)]
