"""exercise: lstm_gates
belief: The rows are stacked i, f, candidate, o as in PyTorch and Keras.
"""

import numpy as np


def lstm_gates(x, h, w, b):
    hidden_size = h.shape[1]
    w_i, w_f, w_g, w_o = np.split(w, 4, axis=0)
    b_i, b_f, b_g, b_o = np.split(b, 4)

    def total(weights, bias):
        return h @ weights[:, :hidden_size].T + x @ weights[:, hidden_size:].T + bias

    squash = lambda a: 0.5 + 0.5 * np.tanh(0.5 * a)
    forget, write = squash(total(w_f, b_f)), squash(total(w_i, b_i))
    return forget, write, np.tanh(total(w_g, b_g)), squash(total(w_o, b_o))
