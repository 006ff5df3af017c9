"""exercise: alternating_minimisation
belief: The loss is noted as soon as W is new.
"""

import numpy as np


def alternating_minimisation(x, h, steps, lam=0.0):
    k = h.shape[0]
    I = np.eye(k, dtype=x.dtype) * lam
    losses = np.zeros(steps, x.dtype)
    for t in range(steps):
        w = np.linalg.solve(h @ h.T + I, h @ x.T).T
        losses[t] = ((x - w @ h) ** 2).sum() + lam * ((w * w).sum() + (h * h).sum())
        h = np.linalg.solve(w.T @ w + I, w.T @ x)
    return w, h, losses
