"""exercise: hopfield_recall
belief: A unit turns on if its field is at least zero.
"""

import numpy as np


def hopfield_recall(patterns, start, order):
    counts = patterns.astype(int).T @ patterns.astype(int)  # D times the weights, exact
    counts -= np.diag(np.diag(counts))
    D = len(start)
    s = start.astype(int)
    energies = np.empty(len(order) + 1)
    energies[0] = -(s @ counts @ s) / (2 * D)
    for step, i in enumerate(order, 1):
        field = counts[i] @ s
        s[i] = 1 if field >= 0 else -1
        energies[step] = -(s @ counts @ s) / (2 * D)
    return s.astype(start.dtype), energies
