"""exercise: lstm_forward
belief: Only the hidden state is handed from step to step; the cell starts from c0 each time.
"""

import numpy as np


def one_step(x, h, c, w, b):
    n = h.shape[1]
    s = lambda q: 0.5 * (1 + np.tanh(0.5 * q))
    a = np.concatenate([h, x], 1) @ w.T + b
    c_new = s(a[:, :n]) * c + s(a[:, n : 2 * n]) * np.tanh(a[:, 2 * n : 3 * n])
    return s(a[:, 3 * n :]) * np.tanh(c_new), c_new


def lstm_forward(x, h0, c0, w, b, mask=None):
    hidden, cells = [], []
    h, c = h0, c0
    for t in range(len(x)):
        new, cell = one_step(x[t], h, c0, w, b)
        real = np.ones(len(h), bool) if mask is None else mask[t]
        h, c = np.where(real[:, None], new, h), np.where(real[:, None], cell, c)
        hidden.append(h)
        cells.append(c)
    return np.stack(hidden), np.stack(cells)
