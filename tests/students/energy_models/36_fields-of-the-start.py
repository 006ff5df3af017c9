"""exercise: hopfield_recall
belief: All fields are computed once, from the start, and the visits then read them off.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    size = len(start)
    w = np.zeros((size, size))
    for pattern in patterns:
        for i in range(size):
            for j in range(size):
                if i != j:
                    w[i, j] += pattern[i] * pattern[j] / size
    state = start.copy()
    energies = [-0.5 * state @ w @ state]
    fields = w @ state
    for i in order:
        field = fields[i]
        if field > 1e-12:
            state[i] = 1
        elif field < -1e-12:
            state[i] = -1
        energies.append(-0.5 * state @ w @ state)
    return state, np.array(energies)
