"""exercise: rnn_backward
belief: The gradient is handed to the step before by the same W that handed on the state.
"""

import numpy as np


def rnn_backward(x, h0, u, w, b, dhs):
    T, N, D = x.shape
    H = h0.shape[1]
    h = np.zeros((T + 1, N, H), dtype=x.dtype)
    h[0] = h0
    for t in range(T):
        for n in range(N):
            h[t + 1, n] = np.tanh(u @ x[t, n] + w @ h[t, n] + b)
    dx = np.zeros(x.shape, dtype=x.dtype)
    du = np.zeros(u.shape, dtype=x.dtype)
    dw = np.zeros(w.shape, dtype=x.dtype)
    db = np.zeros(b.shape, dtype=x.dtype)
    dh0 = np.zeros(h0.shape, dtype=x.dtype)
    for n in range(N):
        later = np.zeros(H, dtype=x.dtype)
        for t in range(T - 1, -1, -1):
            delta = (dhs[t, n] + later) * (1 - h[t + 1, n] ** 2)
            du += np.outer(delta, x[t, n])
            dw += np.outer(delta, h[t, n])
            db += delta
            dx[t, n] = u.T @ delta
            later = w @ delta
        dh0[n] = later
    return dx, dh0, du, dw, db
