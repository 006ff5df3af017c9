"""exercise: selu_constants
belief: The standard deviation is the variance.
"""

import numpy as np


def selu_constants(variance):
    from math import erfc, exp, pi, sqrt

    s = variance
    phi1 = erfc(s / sqrt(2)) / 2
    phi2 = erfc(2 * s / sqrt(2)) / 2
    e1 = exp(variance / 2) * phi1
    e2 = exp(2 * variance) * phi2
    alpha = s / sqrt(2 * pi) / (0.5 - e1)
    lam = sqrt(variance / (variance / 2 + alpha**2 * (e2 - 2 * e1 + 0.5)))
    return alpha, lam
