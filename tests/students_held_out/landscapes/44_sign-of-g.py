"""exercise: sam_step
belief: The worst neighbour changes each weight by rho.
"""

import numpy as np


def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    return param - lr * gradient(param + rho * np.sign(g))
