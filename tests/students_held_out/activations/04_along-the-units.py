"""exercise: dead_fraction
belief: any and all run over the units, axis 1.
"""

import numpy as np


def dead_fraction(x, w, b):
    active = (x.dot(w.T) + b) > 0
    never = np.logical_not(active.any(axis=1))
    always = active.all(axis=1)
    return float(never.mean()), float(always.mean())
