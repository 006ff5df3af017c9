"""exercise: mlp_backward
belief: The slope functions are evaluated at the value before the activation: z (1 - z) for the sigmoid and 1 - z^2 for tanh.
"""

import numpy as np


def act(z, name):
    if name == "sigmoid":
        return np.exp(-np.logaddexp(0, -z))
    if name == "tanh":
        return np.tanh(z)
    return np.maximum(z, 0)


def dact(z, name):
    if name == "sigmoid":
        return z * (1 - z)
    if name == "tanh":
        return 1 - z**2
    return (z > 0).astype(z.dtype)


def mlp_backward(dout, x, layers, activation="relu"):
    # forward with a cache
    cache = []
    a = x
    for k, (w, b) in enumerate(layers):
        z = a @ w.T + b
        cache.append((a, z))
        a = z if k == len(layers) - 1 else act(z, activation)

    grads = [None] * len(layers)
    delta = dout
    for k in range(len(layers) - 1, -1, -1):
        a_in, z = cache[k]
        if k < len(layers) - 1:
            delta = delta * dact(z, activation)
        w, b = layers[k]
        grads[k] = (delta.T @ a_in, delta.sum(axis=0))
        delta = delta @ w
    return delta, grads
