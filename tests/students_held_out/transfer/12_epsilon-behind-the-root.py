"""exercise: frozen_features
belief: epsilon is added to the standard deviation, to keep the quotient finite.
teacher: It is added to the variance, inside the root; behind it, it is another number as soon as the variance is small.
"""

import math

import numpy as np


def frozen_features(x, mean, std, layers, eps=1e-05):
    N, D = x.shape
    current = np.zeros((N, D))
    for n in range(N):
        for j in range(D):
            current[n, j] = x[n, j] - mean[j]
            if std[j] != 0:
                current[n, j] /= std[j]
    for weights, biases, gamma, beta, m, v in layers:
        following = np.zeros((N, len(biases)))
        for n in range(N):
            for k in range(len(biases)):
                z = np.dot(weights[k], current[n]) + biases[k]
                z = (z - m[k]) / (math.sqrt(v[k]) + eps)
                following[n, k] = max(0.0, gamma[k] * z + beta[k])
        current = following
    return current.astype(x.dtype)
