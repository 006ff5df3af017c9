"""exercise: vanishing_factor
belief: The sigmoid's slope needs the sigmoid of what is given, so it is applied to the activations.
"""

import numpy as np


def dsigmoid(t):
    s = 1.0 / (1.0 + np.exp(-t))
    return s * (1.0 - s)


def vanishing_factor(weights, activations):
    product = 1.0
    for w, a in zip(weights, activations):
        product *= w * dsigmoid(a)
    return float(product)
