"""exercise: sick_layer
belief: A layer's factor on the gradient is that behind it over that in front of it, as for the signal.
"""

import numpy as np


def sick_layer(signal, gradient, ratio):
    L = len(ratio)
    for l in range(1, L + 1):
        s = signal[l] / signal[l - 1]
        g = gradient[l] / gradient[l - 1]
        if g > 2:
            return l, "large"
        if g < 0.5 and s < 0.5:
            return l, "small"
        if g < 0.5:
            return l, "saturated"
    for l in range(1, L + 1):
        if ratio[l - 1] < 1e-4:
            return l, "frozen"
        if ratio[l - 1] > 1e-2:
            return l, "hasty"
    return 0, "healthy"
