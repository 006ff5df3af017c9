"""exercise: collapse_linear
belief: Only the bias of the output layer is left in the end.
"""

import numpy as np


def collapse_linear(layers):
    W = np.eye(layers[0][0].shape[1], dtype=layers[0][0].dtype)
    for w, b in layers:
        W = w @ W
    return W, layers[-1][1].copy()
