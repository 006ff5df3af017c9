"""exercise: predict
belief: The threshold is the bias of a neuron.
"""

import numpy as np


def predict(x, w, threshold, at_zero=1.0):
    net = np.dot(x, w.T) + threshold[None, :]
    out = np.zeros(net.shape, dtype=x.dtype)
    out[net > 0] = 1
    out[net == 0] = at_zero
    return out
