"""exercise: lstm_windows
belief: Truncated means that every window is a sequence of its own, starting from empty states.
"""

import numpy as np


def advance(x, h, c, w, b):
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    af, ai, ag, ao = np.split(np.hstack([h, x]) @ w.T + b, 4, axis=1)
    c = s(af) * c + s(ai) * np.tanh(ag)
    return s(ao) * np.tanh(c), c


def lstm_windows(x, h0, c0, w, b, dhs, k, mask=None):
    dw, db, dx = 0, 0, []
    for a in range(0, len(x), k):
        m = None if mask is None else mask[a : a + k]
        zero = np.zeros_like(h0)
        got = lstm_backward(x[a : a + k], zero, zero, w, b, dhs[a : a + k], m)
        hs, cs = lstm_forward(x[a : a + k], zero, zero, w, b, m)
        dx.append(got[0])
        dw, db = dw + got[3], db + got[4]
    return np.concatenate(dx), dw, db, hs[-1], cs[-1]
