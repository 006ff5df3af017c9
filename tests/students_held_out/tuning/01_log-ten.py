"""exercise: initial_loss
belief: log means the logarithm to base ten, as on a calculator.
"""

import math


def initial_loss(shares):
    fresh = math.log10(len(shares))
    constant = 0.0
    for p in shares:
        if p > 0:
            constant -= p * math.log10(p)
    return fresh, float(constant)
