"""exercise: lstm_backward
belief: Only the gradient of the hidden state is handed back from step to step.
"""

import numpy as np


def _sig(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    T, N, D = x.shape
    m = np.ones((T, N, 1), bool) if mask is None else mask[:, :, None]
    H = h0.shape[1]

    # forward, keeping everything
    h, c = h0, c0
    tape = []
    for t in range(T):
        hx = np.hstack([h, x[t]])
        a = hx @ w.T + b
        f, i = _sig(a[:, :H]), _sig(a[:, H : 2 * H])
        g, o = np.tanh(a[:, 2 * H : 3 * H]), _sig(a[:, 3 * H :])
        c_prev = c
        c_new = f * c + i * g
        tape.append((hx, f, i, g, o, c_prev, np.tanh(c_new)))
        h, c = np.where(m[t], o * np.tanh(c_new), h), np.where(m[t], c_new, c)

    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    dh_next, dc_prev = np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(T)):
        hx, f, i, g, o, c_prev, tc = tape[t]
        whole = dhs[t] + dh_next
        dh = np.where(m[t], whole, 0)
        dc = dh * o * (1 - tc**2)
        da = np.hstack(
            [
                dc * c_prev * f * (1 - f),
                dc * g * i * (1 - i),
                dc * i * (1 - g**2),
                dh * tc * o * (1 - o),
            ]
        )
        dw += da.T @ hx
        db += da.sum(axis=0)
        dhx = da @ w
        dh_next = np.where(m[t], dhx[:, :H], whole)
        dx[t] = dhx[:, H:]
        dc_prev = np.where(m[t], dc * f, dc_prev)
    return dx, dh_next, dc_prev, dw, db
