"""exercise: lstm_forward
belief: mask is True where the padding is, as in key_padding_mask.
"""

import numpy as np


def advance(x, h, c, w, b):
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    af, ai, ag, ao = np.split(np.hstack([h, x]) @ w.T + b, 4, axis=1)
    c = s(af) * c + s(ai) * np.tanh(ag)
    return s(ao) * np.tanh(c), c



def lstm_forward(x, h0, c0, w, b, mask=None):
    T = len(x)
    hs = np.empty((T,) + h0.shape, x.dtype)
    cs = np.empty_like(hs)
    h, c = h0, c0
    for t in range(T):
        hn, cn = advance(x[t], h, c, w, b)
        if mask is not None:
            pad = mask[t].reshape(-1, 1)
            hn, cn = np.where(pad, h, hn), np.where(pad, c, cn)
        hs[t], cs[t] = h, c = hn, cn
    return hs, cs
