"""exercise: lstm_backward
belief: dhs[t] already is the whole gradient at hs[t], so between the steps only the cell's gradient has to be carried back.
"""

import numpy as np


def _sigm(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    T, N, D = x.shape
    real = np.ones((T, N, 1), bool) if mask is None else mask[:, :, None]
    H = h0.shape[1]
    cache = []
    h, c = h0, c0
    for t in range(T):
        z = np.concatenate([h, x[t]], axis=1)
        a = z @ w.T + b
        f, i = _sigm(a[:, :H]), _sigm(a[:, H : 2 * H])
        g, o = np.tanh(a[:, 2 * H : 3 * H]), _sigm(a[:, 3 * H :])
        c_prev = c
        c_new = f * c_prev + i * g
        cache.append((z, f, i, g, o, c_prev, c_new))
        h, c = np.where(real[t], o * np.tanh(c_new), h), np.where(real[t], c_new, c_prev)

    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    dc = np.zeros_like(c0)
    dh_prev = np.zeros_like(h0)
    for t in reversed(range(T)):
        z, f, i, g, o, c_prev, c_t = cache[t]
        dh, dc_new = np.where(real[t], dhs[t], 0), dc
        tanh_c = np.tanh(c_t)
        dc = np.where(real[t], dc + dh * o * (1 - tanh_c**2), 0)
        da = np.concatenate(
            [
                dc * c_prev * f * (1 - f),
                dc * g * i * (1 - i),
                dc * i * (1 - g**2),
                dh * tanh_c * o * (1 - o),
            ],
            axis=1,
        )
        dw += da.T @ z
        db += da.sum(axis=0)
        dz = da @ w
        dh_prev, dx[t] = np.where(real[t], dz[:, :H], dhs[t]), dz[:, H:]
        dc = np.where(real[t], dc * f, dc_new)
    return dx, dh_prev, dc, dw, db
