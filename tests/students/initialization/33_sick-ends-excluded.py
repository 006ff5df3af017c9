"""exercise: sick_layer
belief: A ratio of 1e-4 or 1e-2 has reached the limit and is no longer in order.
"""

import numpy as np


def sick_layer(signal, gradient, ratio):
    L = len(ratio)
    all_fine = True
    for l in range(1, L + 1):
        fwd = signal[l] / signal[l - 1]
        bwd = gradient[l - 1] / gradient[l]
        if not (0.5 <= fwd <= 2 and 0.5 <= bwd <= 2):
            all_fine = False
        if fwd > 2 and bwd > 2:
            return l, "large"
        if fwd < 0.5 and bwd < 0.5:
            return l, "small"
        if 0.5 <= fwd <= 2 and bwd < 0.5:
            return l, "saturated"
    if all_fine:
        for l in range(1, L + 1):
            if ratio[l - 1] <= 1e-4:
                return l, "frozen"
            if ratio[l - 1] >= 1e-2:
                return l, "hasty"
    return 0, "healthy"
