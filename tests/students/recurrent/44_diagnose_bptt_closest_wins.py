"""exercise: diagnose_bptt
belief: Of the suspects the one that comes closest is guilty, if it is within the tolerance.
"""

import numpy as np


def diagnose_bptt(x, h0, u, w, b, dhs, dw):
    names = ["right", "not accumulated", "no past", "no tanh", "turned", "new state"]
    hs = rnn_forward(x, h0, u, w, b)
    old = np.concatenate([h0[None], hs[:-1]])
    scores = []
    for name in names:
        g = np.zeros_like(w)
        later = np.zeros_like(h0)
        for t in range(len(x))[::-1]:
            d = dhs[t] + later
            if name != "no tanh":
                d = d * (1 - hs[t] * hs[t])
            if name == "not accumulated":
                g = np.zeros_like(w)
            g = g + d.T @ (hs[t] if name == "new state" else old[t])
            if name == "turned":
                later = d @ w.T
            elif name != "no past":
                later = d @ w
        scores.append(np.abs(g - dw).max() / max(np.abs(g).max(), 1e-300))
    best = int(np.argmin(scores))
    return names[best] if scores[best] <= 1e-4 else "unknown"
