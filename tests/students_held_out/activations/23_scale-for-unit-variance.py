"""exercise: selu_constants
belief: The output variance must be 1, whatever the variance of the input.
"""

import math


def selu_constants(variance):
    def cdf(t):
        return 0.5 * math.erfc(-t / math.sqrt(2))

    v = variance
    s = math.sqrt(v)
    e1 = math.exp(v / 2) * cdf(-s)
    e2 = math.exp(2 * v) * cdf(-2 * s)
    alpha = math.sqrt(v / (2 * math.pi)) / (0.5 - e1)
    second = v / 2 + alpha ** 2 * (e2 - 2 * e1 + 0.5)
    scale = 1 / math.sqrt(second)
    return alpha, scale
