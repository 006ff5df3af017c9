"""exercise: numerical_vjp
belief: Nudging everything together is faster than a loop.
"""

import numpy as np


def numerical_vjp(f, x, dy, h=1e-5):
    return dy * (f(x + h) - f(x - h)) / (2 * h)
