"""exercise: conv1d
belief: A convolution turns the kernel around before it slides.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    flipped = kernel[::-1]
    if dilation > 1:  # put the holes in
        wide = np.zeros(dilation * (len(kernel) - 1) + 1, dtype=kernel.dtype)
        wide[::dilation] = flipped
        flipped = wide
    ends = (len(flipped) - 1, 0) if padding == "causal" else (padding, padding)
    padded = np.pad(signal, ends)
    K = len(flipped)
    L = (len(padded) - K) // stride + 1
    y = np.zeros(L, dtype=signal.dtype)
    for i in range(L):
        y[i] = np.dot(flipped, padded[i * stride : i * stride + K])
    return y
