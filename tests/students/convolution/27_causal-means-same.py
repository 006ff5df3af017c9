"""exercise: conv1d
belief: Causal means that the output is as long as the input, so the zeros are shared between both ends.
"""

import numpy as np


def conv1d(signal, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (len(kernel) - 1)
    if padding == "causal":
        left = reach // 2
        right = reach - left
    else:
        left = right = padding
    x = np.pad(signal, (left, right))
    n = (len(x) - reach - 1) // stride + 1
    out = np.zeros(n, dtype=signal.dtype)
    for i in range(n):
        out[i] = x[i * stride : i * stride + reach + 1 : dilation] @ kernel
    return out
