"""exercise: hopfield_recall
belief: Hebb's rule is the outer product of each pattern with itself, the whole matrix.
"""

import numpy as np


def hopfield_recall(patterns, start, order):
    P, D = patterns.shape
    w = [[0.0] * D for _ in range(D)]
    for i in range(D):
        for j in range(D):
            for p in range(P):
                w[i][j] += float(patterns[p, i] * patterns[p, j])
            w[i][j] /= D
    state = start.copy()

    def energy():
        e = 0.0
        for i in range(D):
            for j in range(D):
                e -= 0.5 * w[i][j] * float(state[i]) * float(state[j])
        return e

    energies = [energy()]
    for unit in order:
        field = 0.0
        for j in range(D):
            field += w[unit][j] * float(state[j])
        if field > 1e-12:
            state[unit] = 1
        elif field < -1e-12:
            state[unit] = -1
        energies.append(energy())
    return state, np.array(energies)
