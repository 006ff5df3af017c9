"""exercise: preactivation_std
belief: The bias is part of every one of the n terms, so its variance is multiplied by n as well.
"""

import numpy as np


def preactivation_std(n, weight_std=1.0, bias_std=0.0):
    var_term = np.square(weight_std) + np.square(bias_std)
    return float(np.sqrt(n * var_term))
