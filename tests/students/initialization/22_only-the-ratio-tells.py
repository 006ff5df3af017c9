"""exercise: sick_layer
belief: The layer whose update ratio is out of range is the ill one.
"""

import numpy as np


def sick_layer(signal, gradient, ratio):
    for l in range(len(ratio)):
        if ratio[l] < 1e-4:
            return l + 1, "frozen"
        if ratio[l] > 1e-2:
            return l + 1, "hasty"
    return 0, "healthy"
