"""exercise: rnn_backward
belief: The gradient of h0 is the delta of the first step, where the loop ends.
"""

import numpy as np


def rnn_backward(x, h0, u, w, b, dhs):
    states = np.empty_like(dhs)
    prev = h0
    for t, xt in enumerate(x):
        prev = states[t] = np.tanh(xt @ u.T + prev @ w.T + b)
    before = np.concatenate([h0[None], states[:-1]])
    delta = np.empty_like(states)
    down = 0.0
    for t in range(len(x))[::-1]:
        delta[t] = (dhs[t] + down) * (1.0 - states[t] ** 2)
        down = delta[t] @ w
    du = np.einsum("tnh,tnd->hd", delta, x)
    dw = np.einsum("tnh,tng->hg", delta, before)
    return delta @ u, delta[0], du, dw, delta.sum(axis=(0, 1))
