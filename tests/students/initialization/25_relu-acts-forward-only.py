"""exercise: predicted_growth
belief: ReLU halves the signal; on the way back there is no ReLU.
"""

import numpy as np


def predicted_growth(widths, gain, mode):
    forward, backward = 1.0, 1.0
    for i in range(len(widths) - 1):
        n, m = widths[i], widths[i + 1]
        fan = n if mode == "fan_in" else m if mode == "fan_out" else (n + m) / 2
        variance = gain**2 / fan
        forward *= n * variance / 2
        backward *= m * variance
    return forward, backward
