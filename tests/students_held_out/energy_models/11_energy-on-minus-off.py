"""exercise: rbm_conditionals
belief: The probability of on is the logistic function of E(on) - E(off).
"""

import math

import numpy as np


def rbm_conditionals(x, h, w, b, d):
    def sigma(z):
        if z >= 0:
            return 1.0 / (1.0 + math.exp(-z)) if z < 700 else 1.0
        return math.exp(z) / (1.0 + math.exp(z)) if z > -700 else 0.0

    N = len(x)
    V, H = w.shape
    p_h = np.empty((N, H), dtype=x.dtype)
    p_x = np.empty((N, V), dtype=x.dtype)
    for n in range(N):
        for j in range(H):
            gain = float(x[n] @ w[:, j] + d[j])      # E(off) - E(on)
            p_h[n, j] = sigma(-gain)
        for i in range(V):
            gain = float(h[n] @ w[i] + b[i])
            p_x[n, i] = sigma(-gain)
    return p_h, p_x
