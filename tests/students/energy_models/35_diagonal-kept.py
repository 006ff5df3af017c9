"""exercise: hopfield_recall
belief: Hebb's rule is the outer product of the patterns, divided by D.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    W = patterns.T @ patterns / patterns.shape[1]
    s = start.copy()
    energies = np.empty(len(order) + 1)
    energies[0] = -(s @ W @ s) / 2
    for t, i in enumerate(order):
        field = W[i] @ s
        if abs(field) > 1e-12:
            s[i] = np.sign(field)
        energies[t + 1] = -(s @ W @ s) / 2
    return s, energies
