"""exercise: softmax_backward
belief: The temperature cancels in the logarithm, where the gradient is dy minus p times the sum of dy.
"""

import numpy as np


def softmax_backward(dy, z, axis=-1, temperature=1.0, log=False):
    s = z / temperature
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    p = e / e.sum(axis=axis, keepdims=True)
    if log:
        out = dy - p * dy.sum(axis=axis, keepdims=True)
    else:
        out = p * (dy - (p * dy).sum(axis=axis, keepdims=True)) / temperature
    return out.astype(z.dtype)
