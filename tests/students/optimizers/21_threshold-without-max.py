"""exercise: ftrl_step
belief: The l1 penalty shifts z by l1 towards zero, so -(z - sign(z) * l1) over the denominator is the whole formula.
"""

import numpy as np


def ftrl_step(param, grad, state, alpha=0.1, beta=1.0, l1=0.0, l2=0.0):
    z, n = state
    g2 = grad * grad
    sigma = (np.sqrt(n + g2) - np.sqrt(n)) / alpha
    z_new = z + grad - sigma * param
    n_new = n + g2
    denominator = (beta + np.sqrt(n_new)) / alpha + l2
    w_new = -(z_new - np.sign(z_new) * l1) / denominator
    return w_new, (z_new, n_new)
