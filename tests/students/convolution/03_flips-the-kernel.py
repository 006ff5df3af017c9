"""exercise: conv1d
belief: A convolution turns the kernel around before it slides.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0):
    flipped = kernel[::-1]
    padded = np.pad(signal, padding)
    K = len(flipped)
    L = (len(padded) - K) // stride + 1
    y = np.zeros(L, dtype=signal.dtype)
    for i in range(L):
        y[i] = np.dot(flipped, padded[i * stride : i * stride + K])
    return y
