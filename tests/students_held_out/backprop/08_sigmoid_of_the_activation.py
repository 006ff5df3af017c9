"""exercise: vanishing_factor
belief: The sigmoid's slope at a layer is sigmoid'(a), the derivative evaluated at the layer's activation.
"""

import numpy as np


def sigmoid_prime(z):
    s = 1.0 / (1.0 + np.exp(-z))
    return s * (1 - s)


def vanishing_factor(weights, activations):
    factor = 1.0
    for w, a in zip(weights, activations):
        factor *= w * sigmoid_prime(a)
    return float(factor)
