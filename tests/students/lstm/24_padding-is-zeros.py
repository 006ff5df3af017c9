"""exercise: lstm_forward
belief: It is enough to set the inputs of padded steps to zero: nothing comes in, so nothing changes.
"""

import numpy as np


def advance(x, h, c, w, b):
    s = lambda z: 0.5 * (1 + np.tanh(z / 2))
    af, ai, ag, ao = np.split(np.hstack([h, x]) @ w.T + b, 4, axis=1)
    c = s(af) * c + s(ai) * np.tanh(ag)
    return s(ao) * np.tanh(c), c


def lstm_forward(x, h0, c0, w, b, mask=None):
    if mask is not None:
        x = x * mask[:, :, None].astype(x.dtype)
    hs, cs = [h0], [c0]
    for step in x:
        h, c = advance(step, hs[-1], cs[-1], w, b)
        hs.append(h)
        cs.append(c)
    return np.array(hs[1:]), np.array(cs[1:])
