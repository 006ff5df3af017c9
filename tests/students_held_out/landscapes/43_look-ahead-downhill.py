"""exercise: sam_step
belief: The gradient is taken where the step would lead.
"""

import numpy as np


def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    n = np.linalg.norm(g)
    e = rho * g / n if n else 0 * g
    return param - lr * gradient(param - e)
