"""exercise: sam_step
belief: After climbing one descends from where one is.
"""

import numpy as np


def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    n = np.linalg.norm(g)
    if n > 0:
        param = param + rho * g / n
    return param - lr * gradient(param)
