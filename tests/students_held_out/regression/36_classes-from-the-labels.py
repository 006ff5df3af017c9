"""exercise: softmax_gradient
belief: The number of classes is the number of different labels, or the largest label plus one.
"""

import numpy as np


def softmax_gradient(x, labels, theta):
    z = x @ theta.T
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    k = labels.max() + 1
    onehot = np.zeros((len(labels), k), dtype=x.dtype)
    onehot[np.arange(len(labels)), labels] = 1
    return (p[:, :k] - onehot).T @ x / len(x)
