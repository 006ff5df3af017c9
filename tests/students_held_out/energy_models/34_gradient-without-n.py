"""exercise: sparse_penalty
belief: The gradient for each entry is the penalty's derivative by the unit's activity, as in UFLDL's sparsity delta.
"""

import math

import numpy as np


def sparse_penalty(h, rho=0.05):
    N, H = h.shape
    penalty = 0.0
    dh = np.zeros(h.shape, dtype=h.dtype)
    for j in range(H):
        activity = sum(float(value) for value in h[:, j]) / N
        penalty += rho * math.log(rho / activity) + (1 - rho) * math.log((1 - rho) / (1 - activity))
        for n in range(N):
            dh[n, j] = (-rho / activity + (1 - rho) / (1 - activity))
    return penalty, dh
