"""exercise: exponential_decay
belief: An exponential decay has the base e, so r is the time in which the rate falls to 1/e.
"""

import math


def exponential_decay(t, lr0, r):
    k = 1.0 / r
    return lr0 * math.exp(-k * t)
