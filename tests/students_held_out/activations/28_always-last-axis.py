"""exercise: softmax
belief: A softmax normalises the rows, the last axis, and the shift can be the largest number of
the array.
"""

import numpy as np


def softmax(z, axis=-1, temperature=1.0, log=False):
    z_scaled = z / temperature
    z_scaled = z_scaled - z_scaled.max()
    total = np.exp(z_scaled).sum(-1, keepdims=True)
    if log:
        return (z_scaled - np.log(total)).astype(z.dtype)
    return (np.exp(z_scaled) / total).astype(z.dtype)
