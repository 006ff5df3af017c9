"""exercise: hopfield_recall
belief: Each unit is computed from the start, since the weights see the pattern that was put in.
"""

import numpy as np


def hopfield_recall(patterns, start, order):
    D = patterns.shape[1]
    W = patterns.T @ patterns / D
    np.fill_diagonal(W, 0)
    s = start.astype(float)

    def energy(s):
        return -0.5 * s @ W @ s

    energies = [energy(s)]
    fields = W @ s
    for i in order:
        field = fields[i]
        if abs(field) > 1e-12:
            s[i] = np.sign(field)
        energies.append(energy(s))
    return s.astype(start.dtype), np.array(energies)
