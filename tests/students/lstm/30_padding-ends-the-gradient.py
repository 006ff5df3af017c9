"""exercise: lstm_backward
belief: Padding has no gradient: what arrives at a masked step ends there.
"""

import numpy as np


def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    hs, cs = lstm_forward(x, h0, c0, w, b, mask)
    real = np.ones(x.shape[:2], bool) if mask is None else mask
    dh, dc = np.zeros_like(h0), np.zeros_like(c0)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for t in range(len(x) - 1, -1, -1):
        h_prev, c_prev = (hs[t - 1], cs[t - 1]) if t else (h0, c0)
        m = real[t][:, None].astype(x.dtype)
        dx[t], dh, dc, dw_t, db_t = lstm_step_backward(
            x[t], h_prev, c_prev, w, b, (dh + dhs[t]) * m, dc * m
        )
        dw, db = dw + dw_t, db + db_t
    return dx, dh, dc, dw, db
