"""exercise: softmax_gradient
belief: The number of classes is the largest label plus one.
"""

import numpy as np


def softmax_gradient(x, labels, theta):
    K = int(labels.max()) + 1
    z = x @ theta.T
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    return (p - np.eye(K, dtype=x.dtype)[labels]).T @ x / len(x)
