"""exercise: lstm_forward
belief: A mask is there to be multiplied with: the states of padded steps become zero.
"""

import numpy as np


def advance(x, h, c, w, b):
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    af, ai, ag, ao = np.split(np.hstack([h, x]) @ w.T + b, 4, axis=1)
    c = s(af) * c + s(ai) * np.tanh(ag)
    return s(ao) * np.tanh(c), c


def lstm_forward(x, h0, c0, w, b, mask=None):
    h, c, hs, cs = h0, c0, [], []
    m = np.ones(x.shape[:2]) if mask is None else mask
    for t in range(x.shape[0]):
        h, c = advance(x[t], h, c, w, b)
        h, c = h * m[t][:, None].astype(h.dtype), c * m[t][:, None].astype(c.dtype)
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)
