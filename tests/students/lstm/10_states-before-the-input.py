"""exercise: lstm_forward
belief: Entry t is the state with which step t begins, so the starting states come first and the last states are left out.
"""

import numpy as np


def lstm_forward(x, h0, c0, w, b, mask=None):
    T, N, D = x.shape
    H = h0.shape[1]
    hs = np.zeros((T, N, H), dtype=x.dtype)
    cs = np.zeros((T, N, H), dtype=x.dtype)
    hs[0] = h0
    cs[0] = c0
    for t in range(1, T):
        z = np.concatenate((hs[t - 1], x[t - 1]), axis=1) @ w.T + b
        zf, zi, zg, zo = np.split(z, 4, axis=1)
        f = 0.5 * (1 + np.tanh(0.5 * zf))
        i = 0.5 * (1 + np.tanh(0.5 * zi))
        g = np.tanh(zg)
        o = 0.5 * (1 + np.tanh(0.5 * zo))
        cs[t] = f * cs[t - 1] + i * g
        hs[t] = o * np.tanh(cs[t])
        if mask is not None:
            hs[t] = np.where(mask[t - 1][:, None], hs[t], hs[t - 1])
            cs[t] = np.where(mask[t - 1][:, None], cs[t], cs[t - 1])
    return hs, cs
