"""exercise: conv1d
belief: A convolution layer computes what np.convolve computes.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    padded = np.pad(signal, padding)
    full = np.convolve(padded, kernel, mode="full")
    # keep only the windows that are inside
    valid = full[len(kernel) - 1 : len(padded)]
    return valid[::stride].astype(signal.dtype)
