"""exercise: deep_lstm
belief: The states of the two directions are added.
"""

import numpy as np


def deep_lstm(x, layers, mask=None):
    for layer in layers:
        total = None
        for k, (w, b) in enumerate(layer):
            zero = np.zeros((x.shape[1], b.shape[0] // 4), x.dtype)
            if k == 0:
                out = lstm_forward(x, zero, zero, w, b, mask)[0]
            else:
                back = None if mask is None else mask[::-1]
                out = lstm_forward(x[::-1], zero, zero, w, b, back)[0][::-1]
            total = out if total is None else total + out
        x = total
    return x
