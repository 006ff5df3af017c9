"""exercise: linear_probe
belief: The bias is one more weight, of a feature that is 1, and is penalised like the others.
teacher: The penalty is on W alone: leave the last diagonal entry at zero.
"""

import numpy as np


def linear_probe(features, labels, classes, lam):
    count, size = features.shape
    f = np.hstack([features.astype(float), np.ones((count, 1))])
    targets = np.zeros((count, classes))
    for n in range(count):
        targets[n, labels[n]] = 1
    penalty = lam * np.eye(size + 1)
    solution = np.linalg.solve(f.T @ f + penalty, f.T @ targets).T
    dtype = features.dtype
    return solution[:, :size].astype(dtype), solution[:, size].astype(dtype)
