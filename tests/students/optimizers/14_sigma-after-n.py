"""exercise: ftrl_step
belief: First the sum of squares is brought up to date, and sigma uses this new n together with the gradient.
"""

import numpy as np


def ftrl_step(param, grad, state, alpha=0.1, beta=1.0, l1=0.0, l2=0.0):
    z, n = state
    n = n + grad**2
    sigma = (np.sqrt(n + grad**2) - np.sqrt(n)) / alpha
    z = z + grad - sigma * param

    w = np.zeros_like(param)
    active = np.abs(z) > l1
    eta = 1.0 / ((beta + np.sqrt(n[active])) / alpha + l2)
    w[active] = -eta * (z[active] - np.sign(z[active]) * l1)
    return w, (z, n)
