"""exercise: softmax_backward
belief: Like the sigmoid, the derivative is p(1-p).
"""

import numpy as np


def softmax_backward(dy, z, axis=-1, temperature=1.0, log=False):
    p = softmax(z, axis, temperature)
    if log:
        return (dy - p * dy.sum(axis=axis, keepdims=True)) / temperature
    return dy * p * (1 - p) / temperature
