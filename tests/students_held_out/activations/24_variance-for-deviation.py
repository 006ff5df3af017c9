"""exercise: selu_constants
belief: The normal distribution function gets the variance, Phi(-k v).
"""

import math


def selu_constants(variance):
    v = float(variance)
    phi1 = math.exp(v / 2) * math.erfc(v / math.sqrt(2)) / 2
    phi2 = math.exp(2 * v) * math.erfc(2 * v / math.sqrt(2)) / 2
    alpha = math.sqrt(v / (2 * math.pi)) / (0.5 - phi1)
    m2 = v / 2 + alpha ** 2 * (phi2 - 2 * phi1 + 0.5)
    return alpha, math.sqrt(v / m2)
