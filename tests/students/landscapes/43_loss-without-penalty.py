"""exercise: alternating_minimisation
belief: The loss is the error of the reconstruction.
"""

import numpy as np


def alternating_minimisation(x, h, steps, lam=0.0):
    eye = np.eye(h.shape[0], dtype=x.dtype)
    losses = []
    for t in range(steps):
        w = x @ h.T @ np.linalg.inv(h @ h.T + lam * eye)
        h = np.linalg.inv(w.T @ w + lam * eye) @ w.T @ x
        losses.append(np.sum((x - w @ h) ** 2))
    return w, h, np.array(losses)
