"""exercise: fgsm
belief: One goes a step of size eps along the gradient.
"""

import numpy as np


def fgsm(x, labels, w, b, eps):
    z = x @ w.T + b
    z = z - z.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    onehot = np.eye(w.shape[0])[labels]
    g = (p - onehot) @ w
    return np.clip(x + eps * g, 0, 1).astype(x.dtype)
