"""exercise: gradient_by_depth
belief: The gradients are listed in the order in which they are computed, last layer first.
"""

import numpy as np


def gradient_by_depth(x, weights, activation, grad):
    def forward(z):
        if activation == "logistic":
            return 0.5 * (1 + np.tanh(0.5 * z))
        if activation == "tanh":
            return np.tanh(z)
        return np.maximum(z, 0) if activation == "relu" else z

    def slope(h):
        # from the output of the activation
        if activation == "logistic":
            return h * (1 - h)
        if activation == "tanh":
            return 1 - h * h
        return (h > 0).astype(h.dtype) if activation == "relu" else np.ones_like(h)

    outputs = []
    for w in weights:
        x = forward(x @ w.T)
        outputs.append(x)

    spreads = []
    delta = grad * slope(outputs[-1])
    spreads.append(delta.std())
    for l in range(len(weights) - 2, -1, -1):
        delta = (delta @ weights[l + 1]) * slope(outputs[l])
        spreads.append(delta.std())
    return np.array(spreads, dtype=x.dtype)
