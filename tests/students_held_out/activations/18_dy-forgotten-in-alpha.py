"""exercise: prelu_backward
belief: The gradient of alpha is the sum of the negative inputs.
"""

import numpy as np


def prelu_backward(dy, z, alpha):
    dz = np.zeros_like(z)
    dalpha = np.zeros_like(alpha, dtype=z.dtype)
    n, f = z.shape
    for i in range(n):
        for j in range(f):
            if z[i, j] > 0:
                dz[i, j] = dy[i, j]
            else:
                dz[i, j] = dy[i, j] * alpha[j]
                dalpha[j] += z[i, j]
    return dz, dalpha
