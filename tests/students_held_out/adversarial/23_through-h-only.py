"""exercise: gradient_penalty
belief: The weights W act on the gradient through the hidden activities h, so that is the path their gradient takes.
"""

import numpy as np


def gradient_penalty(w, b, v, real, fake, u):
    N = len(real)
    x = u[:, None] * real + (1 - u[:, None]) * fake
    h = np.tanh(x @ w.T + b)
    s = 1 - h**2                       # tanh'
    g = (v * s) @ w                    # (N, D)
    length = np.sqrt((g**2).sum(axis=1))
    penalty = np.mean((length - 1) ** 2)

    safe = np.where(length > 0, length, 1)
    dg = (2 / N * (length - 1) / safe)[:, None] * g
    dvs = dg @ w.T                     # by v * s
    dv = (dvs * s).sum(axis=0)
    dz = dvs * v * (-2 * h * s)
    db = dz.sum(axis=0)
    dw = dz.T @ x
    return float(penalty), dw.astype(w.dtype), db.astype(w.dtype), dv.astype(w.dtype)
