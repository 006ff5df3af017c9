"""exercise: diagnose_bptt
belief: The first step starts from a state of zero, so its share for W is zero.
"""

import numpy as np


def diagnose_bptt(x, h0, u, w, b, dhs, dw):
    hs = rnn_forward(x, h0, u, w, b)
    past = np.zeros_like(hs)
    past[1:] = hs[:-1]
    slopes = 1 - hs**2

    def deltas(s, back):
        found = [None] * len(hs)
        d = np.zeros_like(hs[0])
        for t in range(len(hs) - 1, -1, -1):
            d = (dhs[t] + d @ back) * s[t]
            found[t] = d
        return np.array(found)

    true = deltas(slopes, w)
    join = lambda d, h: np.einsum("tni,tnj->ij", d, h)
    suspects = {
        "right": join(true, past),
        "not accumulated": true[0].T @ past[0],
        "no past": join(deltas(slopes, 0 * w), past),
        "no tanh": join(deltas(np.ones_like(hs), w), past),
        "turned": join(deltas(slopes, w.T), past),
        "new state": join(true, hs),
    }
    for name in suspects:
        if np.abs(suspects[name] - dw).max() <= 1e-4 * np.abs(suspects[name]).max():
            return name
    return "unknown"
