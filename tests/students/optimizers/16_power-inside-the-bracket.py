"""exercise: power_decay
belief: c is the speed of the decay, so it multiplies t / r inside the denominator.
"""

import numpy as np


def power_decay(t, lr0, r, c=1.0):
    decay_rate = c / r
    return lr0 / (1.0 + decay_rate * t)
