"""exercise: dead_fraction
belief: A unit is straight if none of its sums is negative.
"""

import numpy as np


def dead_fraction(x, w, b):
    z = x @ w.T + b
    f = z.shape[1]
    dead = straight = 0
    for k in range(f):
        if z[:, k].max() <= 0:
            dead += 1
        elif z[:, k].min() >= 0:
            straight += 1
    return dead / f, straight / f
