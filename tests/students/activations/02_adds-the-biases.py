"""exercise: collapse_linear
belief: Biases just add up over the layers.
"""

import numpy as np


def collapse_linear(layers):
    W = layers[0][0]
    total = layers[0][1]
    for w, b in layers[1:]:
        W = w.dot(W)
        total = total + b
    return W, total
