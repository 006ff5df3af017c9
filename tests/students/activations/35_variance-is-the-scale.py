"""exercise: selu_constants
belief: The scale is v over the mean square.
"""

import math

import numpy as np


def selu_constants(variance):
    s = math.sqrt(variance)

    def left(k):
        return math.exp(k**2 * variance / 2) * 0.5 * math.erfc(k * s / math.sqrt(2))

    alpha = s / math.sqrt(2 * math.pi) / (0.5 - left(1))
    second = variance / 2 + alpha**2 * (left(2) - 2 * left(1) + 0.5)
    return alpha, variance / second
