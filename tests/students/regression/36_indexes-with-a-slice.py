"""exercise: softmax_gradient
belief: p[:, labels] picks the label of every row.
"""

import numpy as np


def softmax_gradient(x, labels, theta):
    z = x @ theta.T
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p[:, labels] -= 1
    return p.T.dot(x) / x.shape[0]
