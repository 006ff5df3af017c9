"""exercise: deep_lstm
belief: The backward reader returns its states in the order in which it read.
"""

import numpy as np


def deep_lstm(x, layers, mask=None):
    y = x
    for layer in layers:
        outs = []
        for d, (w, b) in enumerate(layer):
            z = np.zeros((y.shape[1], len(b) // 4), y.dtype)
            seq = y[::-1] if d == 1 else y
            m = mask[::-1] if d == 1 and mask is not None else mask
            outs.append(lstm_forward(seq, z, z, w, b, m)[0])
        y = np.concatenate(outs, axis=-1)
    return y
