"""exercise: embed_backward
belief: A one-hot row of zeros for padding wipes out whatever stands in dy.
"""

import numpy as np


def embed_backward(numbers, dy, size):
    # backward of the product  one_hot @ table
    flat, g = numbers.ravel(), dy.reshape(-1, dy.shape[-1])
    one_hot = (flat[:, None] == np.arange(size)).astype(dy.dtype)
    return (one_hot.T @ g).astype(dy.dtype)
