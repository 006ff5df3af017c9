"""exercise: conv1d
belief: In a causal layer the first weight belongs to the newest sample, as in a moving average.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    K = len(kernel)
    if padding == "causal":
        T = len(signal)
        y = np.zeros(T, dtype=signal.dtype)
        for t in range(T):
            for age in range(K):
                if t - age * dilation >= 0:
                    y[t] += kernel[age] * signal[t - age * dilation]
        return y[::stride].copy()
    x = np.pad(signal, (padding, padding))
    span = dilation * (K - 1) + 1
    L = (len(x) - span) // stride + 1
    return np.array(
        [np.dot(kernel, x[i * stride : i * stride + span : dilation]) for i in range(L)],
        dtype=signal.dtype,
    )
