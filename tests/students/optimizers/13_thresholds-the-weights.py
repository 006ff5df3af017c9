"""exercise: dual_averaging_step
belief: The soft threshold is applied to the new weights themselves, after the averaged gradient has been scaled by sqrt(t)/gamma.
"""

import math

import numpy as np


def soft(z, lam):
    return np.sign(z) * np.maximum(np.abs(z) - lam, 0)


def dual_averaging_step(param, grad, state, l1=0.01, gamma=1.0):
    g_bar, t = state
    t = t + 1
    g_bar = (t - 1) / t * g_bar + grad / t
    w = -math.sqrt(t) / gamma * g_bar
    return soft(w, l1), (g_bar, t)
