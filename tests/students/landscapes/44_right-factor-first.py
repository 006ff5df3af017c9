"""exercise: alternating_minimisation
belief: One starts with a least-squares fit of W only to have something to solve for H; H first.
"""

import numpy as np


def alternating_minimisation(x, h, steps, lam=0.0):
    eye = np.eye(h.shape[0], dtype=x.dtype)
    w = np.linalg.solve(h @ h.T + lam * eye, h @ x.T).T
    losses = []
    for t in range(steps):
        h = np.linalg.solve(w.T @ w + lam * eye, w.T @ x)
        w = np.linalg.solve(h @ h.T + lam * eye, h @ x.T).T
        losses.append(((x - w @ h) ** 2).sum() + lam * ((w**2).sum() + (h**2).sum()))
    return w, h, np.array(losses, dtype=x.dtype)
