"""exercise: mlp_backward
belief: Each delta is multiplied by the slope of the activation at its layer, also that of the last one.
"""

import numpy as np


def mlp_backward(dout, x, layers, activation="relu"):
    def phi(z):
        if activation == "relu":
            return np.maximum(z, 0)
        if activation == "tanh":
            return np.tanh(z)
        return 0.5 * (1 + np.tanh(z / 2))

    def dphi(a):
        if activation == "relu":
            return np.where(a > 0, 1.0, 0.0).astype(a.dtype)
        if activation == "tanh":
            return 1 - a * a
        return a * (1 - a)

    acts = [x]
    for w, b in layers:
        acts.append(phi(acts[-1] @ w.T + b))

    slopes = []
    delta = dout * dphi(acts[-1])
    for l in reversed(range(len(layers))):
        w = layers[l][0]
        slopes.insert(0, (delta.T @ acts[l], delta.sum(0)))
        delta = delta @ w
        if l > 0:
            delta = delta * dphi(acts[l])
    return delta, slopes
