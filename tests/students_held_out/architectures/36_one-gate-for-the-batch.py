"""exercise: squeeze_excite
belief: The mean of a channel is taken over all images and pixels, as in batch norm.
teacher: Each image decides for itself: the mean is over its own pixels only, axes 2 and 3.
"""

import math

import numpy as np


def squeeze_excite(x, w1, b1, w2, b2):
    N, C, H, W = x.shape
    y = np.zeros_like(x)
    gates = np.zeros((N, C), dtype=x.dtype)
    for n in range(N):
        means = np.array([np.mean(x[:, c]) for c in range(C)], dtype=x.dtype)
        middle = np.dot(w1, means) + b1
        middle[middle < 0] = 0
        scores = np.dot(w2, middle) + b2
        for c in range(C):
            z = float(scores[c])
            if z >= 0:
                gate = 1 / (1 + math.exp(-z))
            else:
                gate = math.exp(z) / (1 + math.exp(z))
            gates[n, c] = gate
            y[n, c] = gate * x[n, c]
    return y, gates
