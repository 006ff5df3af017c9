"""exercise: diagnose_bptt
belief: A gradient fits if no entry is off by more than 0.0001.
"""

import numpy as np


def diagnose_bptt(x, h0, u, w, b, dhs, dw):
    T = len(x)
    hs = [h0]
    for t in range(T):
        hs.append(np.tanh(x[t] @ u.T + hs[-1] @ w.T + b))

    def gradient(fault):
        total = np.zeros_like(w)
        carry = np.zeros_like(h0)
        for t in range(T - 1, -1, -1):
            delta = dhs[t] + carry
            if fault != "no tanh":
                delta = delta * (1 - hs[t + 1] ** 2)
            share = delta.T @ hs[t + 1 if fault == "new state" else t]
            total = share if fault == "not accumulated" else total + share
            if fault == "turned":
                carry = delta @ w.T
            elif fault != "no past":
                carry = delta @ w
        return total

    for fault in ("right", "not accumulated", "no past", "no tanh", "turned", "new state"):
        g = gradient(fault)
        if np.abs(g - dw).max() <= 1e-4:
            return fault
    return "unknown"
