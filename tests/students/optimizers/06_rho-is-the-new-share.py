"""exercise: rmsprop_step
belief: rho is the weight of the new squared gradient, and the rest of the average is kept.
"""

import numpy as np


def rmsprop_step(param, grad, s, lr=0.001, rho=0.9, eps=1e-8):
    """exponential moving average of grad^2"""
    avg_sq = np.empty_like(s)
    it = np.nditer(s, flags=["multi_index"])
    for old in it:
        i = it.multi_index
        avg_sq[i] = rho * grad[i] ** 2 + (1 - rho) * float(old)
    update = lr * grad / (np.sqrt(avg_sq) + eps)
    return param - update, avg_sq
