"""exercise: deep_lstm
belief: The mask belongs to the sequences, so the same mask goes to both readers.
"""

import numpy as np


def read(x, reader, mask):
    w, b = reader
    zero = np.zeros((x.shape[1], b.shape[0] // 4), dtype=x.dtype)
    return lstm_forward(x, zero, zero, w, b, mask)[0]


def deep_lstm(x, layers, mask=None):
    below = x
    for layer in layers:
        states = read(below, layer[0], mask)
        if len(layer) == 2:
            other = read(below[::-1], layer[1], mask)[::-1]
            states = np.concatenate([states, other], axis=-1)
        below = states
    return below
