"""exercise: dead_fraction
belief: The dead share is the share of zeros among the activations, and the straight share that
of the positive ones.
"""

import numpy as np


def dead_fraction(x, w, b):
    z = x @ w.T + b
    a = np.maximum(z, 0)
    dead = np.mean(a == 0)
    straight = np.mean(a > 0)
    return float(dead), float(straight)
