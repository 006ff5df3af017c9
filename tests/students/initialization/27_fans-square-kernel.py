"""exercise: fans
belief: Convolution kernels are square, so the number of positions is the kernel size squared.
"""

import numpy as np


def fans(shape):
    out, inp = shape[:2]
    if len(shape) == 2:
        return inp, out
    k = shape[2]
    return inp * k**2, out * k**2
