"""exercise: lstm_backward
belief: What the loss says of a padded step is of no interest: only what comes from later steps passes.
"""

import numpy as np


def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    hs, cs = lstm_forward(x, h0, c0, w, b, mask)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(len(x))):
        m = np.ones((x.shape[1], 1), bool) if mask is None else mask[t][:, None]
        hp = h0 if t == 0 else hs[t - 1]
        cp = c0 if t == 0 else cs[t - 1]
        into = np.where(m, dhs[t] + dh, 0)
        dx[t], dh_t, dc_t, dw_t, db_t = lstm_step_backward(
            x[t], hp, cp, w, b, into, np.where(m, dc, 0)
        )
        dh, dc = np.where(m, dh_t, dh), np.where(m, dc_t, dc)
        dw += dw_t
        db += db_t
    return dx, dh, dc, dw, db
