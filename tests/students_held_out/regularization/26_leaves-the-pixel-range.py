"""exercise: fgsm
belief: Only the distance eps limits x'.
"""

import numpy as np


def fgsm(x, labels, w, b, eps):
    scores = x.dot(w.T) + b
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    onehot = np.eye(w.shape[0])[labels]
    grad_x = (probs - onehot).dot(w)
    return (x + eps * np.sign(grad_x)).astype(x.dtype)
