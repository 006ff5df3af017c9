"""exercise: conv1d
belief: A causal layer always puts K - 1 zeros in front, whatever the dilation.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    K = len(kernel)
    if padding == "causal":
        x = np.concatenate([np.zeros(K - 1, dtype=signal.dtype), signal])
    else:
        x = np.pad(signal, padding)
    y = []
    start = 0
    while start + dilation * (K - 1) < len(x):
        y.append(sum(kernel[u] * x[start + u * dilation] for u in range(K)))
        start += stride
    return np.array(y, dtype=signal.dtype)
