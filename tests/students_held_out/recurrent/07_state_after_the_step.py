"""exercise: rnn_backward
belief: The share of a step for W is delta_t times h_t, the state of that step.
"""

import numpy as np


def rnn_backward(x, h0, u, w, b, dhs):
    T = len(x)
    hs = [h0]
    for t in range(T):
        hs.append(np.tanh(x[t] @ u.T + hs[-1] @ w.T + b))
    # backprop through time, after min-char-rnn
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    dx = np.zeros_like(x)
    dhnext = np.zeros_like(h0)
    for t in reversed(range(T)):
        dh = dhs[t] + dhnext
        draw = (1 - hs[t + 1] * hs[t + 1]) * dh
        db += draw.sum(0)
        du += draw.T @ x[t]
        dw += draw.T @ hs[t + 1]
        dx[t] = draw @ u
        dhnext = draw @ w
    return dx, dhnext, du, dw, db
