"""exercise: alternating_minimisation
belief: The derivative of lam |W|^2 gives lam / 2 in the normal equation.
"""

import numpy as np


def alternating_minimisation(x, h, steps, lam=0.0):
    k = h.shape[0]
    I = np.eye(k, dtype=x.dtype) * lam / 2
    losses = np.zeros(steps, x.dtype)
    for t in range(steps):
        w = np.linalg.solve(h @ h.T + I, h @ x.T).T
        h = np.linalg.solve(w.T @ w + I, w.T @ x)
        losses[t] = ((x - w @ h) ** 2).sum() + lam * ((w * w).sum() + (h * h).sum())
    return w, h, losses
