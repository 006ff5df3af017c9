"""exercise: embed_backward
belief: A padding place has a one-hot vector of zeros, and zero times whatever dy holds there is
zero.
"""

import numpy as np


def embed_backward(numbers, dy, size):
    one_hot = (numbers[..., None] == np.arange(size)).astype(dy.dtype)
    return np.einsum("tnk,tne->ke", one_hot, dy)
