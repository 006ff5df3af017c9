"""exercise: fgsm
belief: The step is eps times the gradient, or the gradient scaled to length eps.
"""

import numpy as np


def fgsm(x, labels, w, b, eps):
    z = x @ w.T + b
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(x)), labels] -= 1
    g = p @ w
    norm = np.linalg.norm(g, axis=1, keepdims=True)
    step = eps * g / np.where(norm == 0, 1, norm)
    return np.clip(x + step, 0, 1).astype(x.dtype)
