"""exercise: hopfield_recall
belief: The sign of zero counts as plus one.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    W = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(W, 0)
    s = start.copy()
    energies = np.empty(len(order) + 1)
    energies[0] = -(s @ W @ s) / 2
    for t, i in enumerate(order):
        field = W[i] @ s
        s[i] = 1 if field >= 0 else -1
        energies[t + 1] = -(s @ W @ s) / 2
    return s, energies
