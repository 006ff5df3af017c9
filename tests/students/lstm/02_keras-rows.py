"""exercise: input_gate
belief: The rows are stacked i, f, candidate, o as in PyTorch and Keras, so the input gate's come first.
"""

import numpy as np


def input_gate(x, h, w, b):
    hidden_size = h.shape[1]
    w_i, w_f, w_g, w_o = np.split(w, 4, axis=0)
    b_i, b_f, b_g, b_o = np.split(b, 4)
    gate = h @ w_i[:, :hidden_size].T + x @ w_i[:, hidden_size:].T + b_i
    return 0.5 + 0.5 * np.tanh(0.5 * gate)
