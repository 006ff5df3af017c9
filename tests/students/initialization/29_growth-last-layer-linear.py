"""exercise: predicted_growth
belief: The last layer of a net has no activation, so the halving happens one time less than there are layers.
"""

import numpy as np


def predicted_growth(widths, gain, mode):
    n = np.asarray(widths, dtype=float)
    n_in, n_out = n[:-1], n[1:]
    fan = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}[mode]
    var = gain**2 / fan
    half = np.full(len(fan), 0.5)
    half[-1] = 1.0
    return float(np.prod(half * n_in * var)), float(np.prod(half * n_out * var))
