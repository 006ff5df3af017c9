"""exercise: lstm_windows
belief: Truncated BPTT with k means that the loss at every step is sent back exactly k steps.
"""

import numpy as np


def lstm_windows(x, h0, c0, w, b, dhs, k, mask=None):
    T = x.shape[0]
    hs, cs = lstm_forward(x, h0, c0, w, b, mask)
    h_all = np.concatenate([h0[None], hs])
    c_all = np.concatenate([c0[None], cs])
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for t in range(T):
        first = max(0, t - k + 1)
        d = np.zeros_like(dhs[first : t + 1])
        d[-1] = dhs[t]
        m = None if mask is None else mask[first : t + 1]
        gx, _, _, gw, gb = lstm_backward(x[first : t + 1], h_all[first], c_all[first], w, b, d, m)
        dx[first : t + 1] += gx
        dw += gw
        db += gb
    return dx, dw, db, hs[-1], cs[-1]
