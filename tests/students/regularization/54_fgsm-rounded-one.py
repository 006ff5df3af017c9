"""exercise: fgsm
belief: With the largest score subtracted, p minus one-hot is right for scores of any size.
"""

import numpy as np


def fgsm(x, labels, w, b, eps):
    scores = x @ w.T + b
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    gradient = p @ w
    attacked = x + eps * np.sign(gradient)
    return np.clip(attacked, 0, 1).astype(x.dtype)
