"""exercise: k_fold
belief: Training uses all samples.
"""

import numpy as np


def k_fold(n, k, order):
    return [(np.array(order), part) for part in np.array_split(order, k)]
