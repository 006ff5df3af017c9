"""exercise: dead_fraction
belief: A unit fires if its sum is not negative.
"""

import numpy as np


def dead_fraction(x, w, b):
    z = x @ w.T + b
    active = (z >= 0).sum(axis=0)
    return float((active == 0).mean()), float((active == len(x)).mean())
