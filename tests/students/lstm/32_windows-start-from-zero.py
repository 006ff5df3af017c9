"""exercise: lstm_windows
belief: Truncation cuts the text into separate sequences, so each new window starts from zero states.
"""

import numpy as np


def lstm_windows(x, h0, c0, w, b, dhs, k, mask=None):
    T = x.shape[0]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    h, c = h0, c0
    for s in range(0, T, k):
        part = slice(s, s + k)
        if s > 0:
            h, c = np.zeros_like(h0), np.zeros_like(c0)
        m = mask[part] if mask is not None else None
        dx[part], _, _, dw_s, db_s = lstm_backward(x[part], h, c, w, b, dhs[part], m)
        dw = dw + dw_s
        db = db + db_s
        hs, cs = lstm_forward(x[part], h, c, w, b, m)
        h, c = hs[-1], cs[-1]
    return dx, dw, db, h, c
