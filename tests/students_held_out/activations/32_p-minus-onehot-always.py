"""exercise: softmax_backward
belief: With the logarithm the gradient is dy plus p, because it is p minus one-hot for the
cross-entropy.
"""

import numpy as np


def softmax_backward(dy, z, axis=-1, temperature=1.0, log=False):
    s = z / temperature
    s = s - s.max(axis=axis, keepdims=True)
    p = np.exp(s)
    p = p / p.sum(axis=axis, keepdims=True)
    if log:
        dz = p + dy
    else:
        dz = p * (dy - np.sum(dy * p, axis=axis, keepdims=True))
    return (dz / temperature).astype(z.dtype)
