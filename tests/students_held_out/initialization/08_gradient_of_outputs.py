"""exercise: gradient_by_depth
belief: The gradient of a layer is the gradient that arrives at its output, before it is multiplied by the activation's slope.
"""

import numpy as np


def f(z, name):
    if name == "tanh":
        return np.tanh(z)
    if name == "logistic":
        return 0.5 * (1 + np.tanh(z / 2))
    if name == "relu":
        return np.maximum(z, 0)
    return z


def f_prime(z, name):
    a = f(z, name)
    if name == "tanh":
        return 1 - a * a
    if name == "logistic":
        return a * (1 - a)
    if name == "relu":
        return (z > 0).astype(z.dtype)
    return np.ones_like(z)


def gradient_by_depth(x, weights, activation, grad):
    zs = []
    h = x
    for w in weights:
        z = h @ w.T
        zs.append(z)
        h = f(z, activation)

    result = np.zeros(len(weights), dtype=x.dtype)
    g = grad
    for l in reversed(range(len(weights))):
        result[l] = np.std(g)
        g = (g * f_prime(zs[l], activation)) @ weights[l]
    return result
