"""exercise: diagnose_bptt
belief: Within 0.0001 means relative to each entry, which is what np.allclose with rtol=1e-4
tests.
"""

import numpy as np


def diagnose_bptt(x, h0, u, w, b, dhs, dw):
    hs = rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs[:-1]])

    def suspect(past=True, slope=True, matrix=w, states=before, first=False):
        total, down = np.zeros(w.shape), 0
        for t in range(len(x) - 1, -1, -1):
            delta = (dhs[t] + down) * ((1 - hs[t] ** 2) if slope else 1)
            share = delta.T @ states[t]
            total = share if first else total + share
            down = delta @ matrix if past else 0
        return total

    for name, g in (
        ("right", suspect()),
        ("not accumulated", suspect(first=True)),
        ("no past", suspect(past=False)),
        ("no tanh", suspect(slope=False)),
        ("turned", suspect(matrix=w.T)),
        ("new state", suspect(states=hs)),
    ):
        if np.allclose(dw, g, rtol=1e-4, atol=1e-12):
            return name
    return "unknown"
