"""exercise: collapse_linear
belief: A stack consists of two layers.
"""

import numpy as np


def collapse_linear(layers):
    if len(layers) == 1:
        return layers[0]
    (w1, b1), (w2, b2) = layers[0], layers[1]
    return w2 @ w1, w2 @ b1 + b2
