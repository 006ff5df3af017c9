"""exercise: dead_fraction
belief: A sum is largest where every input is at the end that its weight likes, so the smallest and largest value of each input decide.
"""

import numpy as np


def dead_fraction(x, w, b):
    low, high = x.min(axis=0), x.max(axis=0)
    up = np.maximum(w * low, w * high).sum(axis=1) + b
    down = np.minimum(w * low, w * high).sum(axis=1) + b
    return float(np.mean(up <= 0)), float(np.mean(down > 0))
