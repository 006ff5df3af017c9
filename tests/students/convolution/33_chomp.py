"""exercise: conv1d
belief: Causal means padding by (K-1)*d on both sides and chomping the last (K-1)*d outputs off again, as the TCN code does, also when there is a stride.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    k = kernel.size
    chomp_size = 0
    if padding == "causal":
        padding = (k - 1) * dilation
        chomp_size = padding
    xp = np.pad(signal, (padding, padding))
    n_out = (xp.size - dilation * (k - 1) - 1) // stride + 1
    idx = stride * np.arange(n_out)[:, None] + dilation * np.arange(k)[None, :]
    y = xp[idx] @ kernel
    if chomp_size > 0:
        y = y[:-chomp_size]
    return y.astype(signal.dtype)
