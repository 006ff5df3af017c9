"""exercise: embed_backward
belief: A word that occurs several times gets the mean of its gradients, or frequent words would learn too fast.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def embed_backward(numbers: Numbers, dy: Array, size: int) -> Array:
    dtable = np.zeros((size, dy.shape[2]), dtype=dy.dtype)
    for t in range(numbers.shape[0]):
        for n in range(numbers.shape[1]):
            row = numbers[t, n]
            if row != -1:
                dtable[row] += dy[t, n]
    times = np.array([max(1, np.sum(numbers == row)) for row in range(size)])
    return (dtable / times[:, None]).astype(dy.dtype)
