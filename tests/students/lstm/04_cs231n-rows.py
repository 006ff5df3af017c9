"""exercise: lstm_gates
belief: The blocks are stacked i, f, o, g as in the CS231n notes.
"""

import numpy as np


def lstm_gates(x, h, w, b):
    _, H = h.shape
    a = np.hstack([h, x]).dot(w.T) + b
    ai, af, ao, ag = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    return s(af), s(ai), np.tanh(ag), s(ao)
