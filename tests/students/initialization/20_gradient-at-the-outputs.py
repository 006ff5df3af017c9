"""exercise: gradient_by_depth
belief: The gradient of a layer is the one at its output h_l, before it goes back through the activation.
"""

import numpy as np


def f(z, act):
    if act == "relu":
        return np.maximum(z, 0)
    if act == "tanh":
        return np.tanh(z)
    if act == "logistic":
        return 0.5 * (1 + np.tanh(0.5 * z))
    return z


def df(z, act):
    if act == "relu":
        return (z > 0).astype(z.dtype)
    if act == "tanh":
        return 1 - np.tanh(z) ** 2
    if act == "logistic":
        s = 0.5 * (1 + np.tanh(0.5 * z))
        return s * (1 - s)
    return np.ones_like(z)


def gradient_by_depth(x, weights, activation, grad):
    zs = []
    h = x
    for W in weights:
        z = h @ W.T
        zs.append(z)
        h = f(z, activation)

    L = len(weights)
    out = np.zeros(L, dtype=x.dtype)
    dh = grad
    for l in range(L - 1, -1, -1):
        out[l] = np.std(dh)
        dh = (dh * df(zs[l], activation)) @ weights[l]
    return out
