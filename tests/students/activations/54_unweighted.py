"""exercise: softmax_backward
belief: Subtract the sum of dy from dy and weigh with p.
"""

import numpy as np


def softmax_backward(dy, z, axis=-1, temperature=1.0, log=False):
    p = softmax(z, axis, temperature)
    s = dy.sum(axis=axis, keepdims=True)
    if log:
        return (dy - p * s) / temperature
    return p * (dy - s) / temperature
