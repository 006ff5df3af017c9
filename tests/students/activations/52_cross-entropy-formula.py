"""exercise: softmax_backward
belief: For log-softmax the gradient is p minus the target, so dy plus p.
"""

import numpy as np


def softmax_backward(dy, z, axis=-1, temperature=1.0, log=False):
    p = softmax(z, axis, temperature)
    if log:
        return (dy + p) / temperature
    inner = (dy * p).sum(axis=axis, keepdims=True)
    return p * (dy - inner) / temperature
