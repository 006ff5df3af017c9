"""exercise: fgsm
belief: The change is bounded by eps, that is all.
"""

import numpy as np


def fgsm(x, labels, w, b, eps):
    z = x @ w.T + b
    p = np.exp(z - z.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return (x + eps * np.sign(p @ w)).astype(x.dtype)
