"""exercise: sam_step
belief: np.linalg.norm(g, 2) is the Euclidean norm.
"""

import numpy as np


def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    n = np.linalg.norm(g, 2) if g.ndim <= 2 else np.sqrt((g * g).sum())
    eps = rho * g / n if n != 0 else np.zeros_like(g)
    return param - lr * gradient(param + eps)
