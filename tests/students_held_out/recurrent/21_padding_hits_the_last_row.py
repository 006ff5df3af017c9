"""exercise: embed_backward
belief: Padding needs no care: the loss is zero there, so nothing arrives.
"""

import numpy as np


def embed_backward(numbers, dy, size):
    T, N, E = dy.shape
    gradient = np.zeros((size, E), dtype=dy.dtype)
    for t in range(T):
        for n in range(N):
            row = numbers[t, n]
            for e in range(E):
                gradient[row, e] += dy[t, n, e]
    return gradient
