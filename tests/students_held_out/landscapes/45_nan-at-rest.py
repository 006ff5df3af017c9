"""exercise: sam_step
belief: g / |g| has length one.
"""

import numpy as np


def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    e = rho * g / np.sqrt((g * g).sum())
    return param - lr * gradient(param + e)
