"""exercise: lstm_step_backward
belief: Everything that reaches the cell comes through the hidden state; dc is the gradient that the call itself is to produce.
"""

import numpy as np


def lstm_step_backward(x, h, c, w, b, dh, dc):
    N, D = x.shape
    H = h.shape[1]

    def sig(u):
        return 0.5 * (1 + np.tanh(u / 2))

    concat = np.concatenate([h, x], axis=1)
    pre = concat @ w.T + b
    ft = sig(pre[:, 0:H])
    it = sig(pre[:, H : 2 * H])
    cct = np.tanh(pre[:, 2 * H : 3 * H])
    ot = sig(pre[:, 3 * H : 4 * H])
    c_next = ft * c + it * cct
    tanh_c = np.tanh(c_next)

    dc = dh * ot * (1 - tanh_c**2)

    dpre = np.zeros_like(pre)
    dpre[:, 0:H] = dc * c * ft * (1 - ft)
    dpre[:, H : 2 * H] = dc * cct * it * (1 - it)
    dpre[:, 2 * H : 3 * H] = dc * it * (1 - cct**2)
    dpre[:, 3 * H : 4 * H] = dh * tanh_c * ot * (1 - ot)

    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        dw += np.outer(dpre[n], concat[n])
        db += dpre[n]
    dconcat = dpre @ w
    dc_prev = dc * ft
    return dconcat[:, H:], dconcat[:, :H], dc_prev, dw, db
