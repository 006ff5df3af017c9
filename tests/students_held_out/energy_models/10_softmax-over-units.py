"""exercise: rbm_conditionals
belief: Probabilities of several units have to sum to one, so the hidden units get a softmax of their inputs.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow, in the dtype of z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def rbm_conditionals(x, h, w, b, d):
    pre_h = x @ w + d
    pre_x = h @ w.T + b
    def softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return softmax(pre_h), softmax(pre_x)
