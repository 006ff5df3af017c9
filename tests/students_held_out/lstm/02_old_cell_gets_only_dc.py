"""exercise: lstm_step_backward
belief: What goes back to the old cell is the incoming cell gradient dc times the forget gate; the gradient that comes through h only concerns the gates.
"""

import numpy as np


def sig(z):
    return 0.5 * (1 + np.tanh(z / 2))


def lstm_step_backward(x, h, c, w, b, dh, dc):
    N, D = x.shape
    H = h.shape[1]

    # forward again
    hx = np.hstack((h, x))
    a = hx @ w.T + b
    f = sig(a[:, 0:H])
    i = sig(a[:, H : 2 * H])
    g = np.tanh(a[:, 2 * H : 3 * H])
    o = sig(a[:, 3 * H : 4 * H])
    c_new = f * c + i * g
    tc = np.tanh(c_new)

    # gates
    do = dh * tc
    dc_total = dc + dh * o * (1 - tc**2)
    df = dc_total * c
    di = dc_total * g
    dg = dc_total * i
    dc_old = dc * f

    da = np.hstack((df * f * (1 - f), di * i * (1 - i), dg * (1 - g**2), do * o * (1 - o)))
    dhx = da @ w
    dw = da.T @ hx
    db = da.sum(axis=0)
    return dhx[:, H:], dhx[:, :H], dc_old, dw, db
