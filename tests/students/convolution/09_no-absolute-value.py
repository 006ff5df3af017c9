"""exercise: equivariance_gap
belief: The gap is the maximum of the difference of the two results.
"""

import numpy as np


def equivariance_gap(f, g, x):
    first_shift = f(g(x))
    first_layer = g(f(x))
    difference = first_shift - first_layer
    return float(np.max(difference))
