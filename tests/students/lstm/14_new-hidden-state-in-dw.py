"""exercise: lstm_backward
belief: The weight gradient of step t is the outer product with [h_t, x_t], the hidden state of the same step.
"""

import numpy as np


def lstm_backward(x, h0, c0, w, b, dhs, mask=None):
    T, N, D = x.shape
    H = h0.shape[1]
    dt = x.dtype
    m = np.ones((T, N, 1), bool) if mask is None else mask[:, :, None]
    s = lambda q: 0.5 * (1 + np.tanh(0.5 * q))

    hs = np.zeros((T + 1, N, H), dt)
    cs = np.zeros((T + 1, N, H), dt)
    F, I, G, O = (np.zeros((T, N, H), dt) for _ in range(4))
    hs[0], cs[0] = h0, c0
    for t in range(T):
        a = np.concatenate([hs[t], x[t]], axis=1) @ w.T + b
        F[t], I[t], O[t] = s(a[:, :H]), s(a[:, H : 2 * H]), s(a[:, 3 * H :])
        G[t] = np.tanh(a[:, 2 * H : 3 * H])
        cs[t + 1] = np.where(m[t], F[t] * cs[t] + I[t] * G[t], cs[t])
        hs[t + 1] = np.where(m[t], O[t] * np.tanh(cs[t + 1]), hs[t])

    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(c0)
    for t in range(T - 1, -1, -1):
        whole_h, whole_c = dh + dhs[t], dc
        dh, dc = np.where(m[t], whole_h, 0), np.where(m[t], whole_c, 0)
        th = np.tanh(cs[t + 1])
        dc = dc + dh * O[t] * (1 - th * th)
        da = np.concatenate(
            [
                dc * cs[t] * F[t] * (1 - F[t]),
                dc * G[t] * I[t] * (1 - I[t]),
                dc * I[t] * (1 - G[t] ** 2),
                dh * th * O[t] * (1 - O[t]),
            ],
            axis=1,
        )
        dw += da.T @ np.concatenate([hs[t + 1], x[t]], axis=1)
        db += da.sum(0)
        back = da @ w
        dh, dx[t] = np.where(m[t], back[:, :H], whole_h), back[:, H:]
        dc = np.where(m[t], dc * F[t], whole_c)
    return dx, dh, dc, dw, db
