"""exercise: dead_fraction
belief: The dead fraction is the share of zeros among the activations.
"""

import numpy as np


def dead_fraction(x, w, b):
    a = np.maximum(x @ w.T + b, 0)
    return float(np.mean(a == 0)), float(np.mean(a > 0))
