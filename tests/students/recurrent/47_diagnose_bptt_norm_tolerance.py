"""exercise: diagnose_bptt
belief: A suspect fits if the distance between the gradients is at most 0.0001 of the suspect's
length (Frobenius norm).
"""

import numpy as np


def diagnose_bptt(x, h0, u, w, b, dhs, dw):
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs[:-1]])
    settings = {
        "right": (1, 1, w, before),
        "not accumulated": (1, 1, w, before),
        "no past": (0, 1, w, before),
        "no tanh": (1, 0, w, before),
        "turned": (1, 1, w.T, before),
        "new state": (1, 1, w, hs),
    }
    for name, (past, slope, back, states) in settings.items():
        g, d = np.zeros_like(w), np.zeros_like(h0)
        for t in range(len(x) - 1, -1, -1):
            d = (dhs[t] + past * (d @ back)) * (1 - slope * hs[t] ** 2)
            share = d.T @ states[t]
            g = share if name == "not accumulated" else g + share
        if np.linalg.norm(g - dw) <= 1e-4 * np.linalg.norm(g):
            return name
    return "unknown"
