"""exercise: sick_layer
belief: I go through the layers one by one, and the first one with anything out of order is the ill one.
"""

import numpy as np


def sick_layer(signal, gradient, ratio):
    for l in range(1, len(signal)):
        s = signal[l] / signal[l - 1]
        g = gradient[l - 1] / gradient[l]
        if s > 2 and g > 2:
            return l, "large"
        if s < 0.5 and g < 0.5:
            return l, "small"
        if 0.5 <= s <= 2 and g < 0.5:
            return l, "saturated"
        if ratio[l - 1] < 1e-4:
            return l, "frozen"
        if ratio[l - 1] > 1e-2:
            return l, "hasty"
    return 0, "healthy"
