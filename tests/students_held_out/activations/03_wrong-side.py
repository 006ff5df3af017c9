"""exercise: collapse_linear
belief: Layers are multiplied in the order in which the data meets them, W1 @ W2.
"""

import numpy as np


def collapse_linear(layers):
    W, b = layers[0]
    for w, bias in layers[1:]:
        W = W @ w
        b = w @ b + bias
    return np.array(W), np.array(b)
