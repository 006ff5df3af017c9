"""exercise: diagnose_bptt
belief: With a single step there is no way through time, so a gradient is either right or
unknown.
"""

import numpy as np


def diagnose_bptt(x, h0, u, w, b, dhs, dw):
    hs = rnn_forward(x, h0, u, w, b)
    starts = np.concatenate([h0[None], hs[:-1]])
    close = lambda g: np.abs(g - dw).max() <= 1e-4 * np.abs(g).max()
    right = rnn_backward(x, h0, u, w, b, dhs)[3]
    if close(right):
        return "right"
    if len(x) == 1:
        return "unknown"

    def walk(slope, back, states):
        shares, d = [], np.zeros_like(h0)
        for t in range(len(x) - 1, -1, -1):
            d = (dhs[t] + d @ back) * slope[t]
            shares.append(d.T @ states[t])
        return shares

    slope = 1 - hs**2
    if close(walk(slope, w, starts)[-1]):
        return "not accumulated"
    if close(sum(walk(slope, np.zeros_like(w), starts))):
        return "no past"
    if close(sum(walk(np.ones_like(hs), w, starts))):
        return "no tanh"
    if close(sum(walk(slope, w.T, starts))):
        return "turned"
    if close(sum(walk(slope, w, hs))):
        return "new state"
    return "unknown"
