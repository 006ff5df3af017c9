"""exercise: mlp_forward
belief: Every layer is followed by the activation.
"""

import numpy as np


def nonlin(z, kind):
    if kind == "relu":
        return z * (z > 0)
    if kind == "tanh":
        return np.tanh(z)
    return np.exp(-np.logaddexp(0, -z))


def mlp_forward(x, layers, activation="relu"):
    outputs = []
    a = x
    for W, b in layers:
        z = a @ W.T + b
        a = nonlin(z, activation)
        outputs.append(a)
    return outputs
