"""exercise: alternating_minimisation
belief: The error is a mean over the entries.
"""

import numpy as np


def alternating_minimisation(x, h, steps, lam=0.0):
    k = h.shape[0]
    I = np.eye(k, dtype=x.dtype) * lam
    losses = np.zeros(steps, x.dtype)
    for t in range(steps):
        w = np.linalg.solve(h @ h.T + I, h @ x.T).T
        h = np.linalg.solve(w.T @ w + I, w.T @ x)
        losses[t] = ((x - w @ h) ** 2).mean() + lam * ((w * w).sum() + (h * h).sum())
    return w, h, losses
