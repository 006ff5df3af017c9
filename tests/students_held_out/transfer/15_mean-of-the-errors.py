"""exercise: linear_probe
belief: The loss is the mean squared error plus lambda times the squared weights.
teacher: Here the errors are summed; with a mean lambda counts N times as much.
"""

import numpy as np


def linear_probe(features, labels, classes, lam):
    N, F = features.shape
    x = features.astype(float)
    targets = np.zeros((N, classes))
    for n in range(N):
        targets[n, labels[n]] = 1
    x_mean = x.sum(axis=0) / N
    t_mean = targets.sum(axis=0) / N
    gram = np.zeros((F, F))
    cross = np.zeros((F, classes))
    for n in range(N):
        gram += np.outer(x[n] - x_mean, x[n] - x_mean)
        cross += np.outer(x[n] - x_mean, targets[n] - t_mean)
    gram /= N
    cross /= N
    w = np.linalg.solve(gram + lam * np.identity(F), cross).T
    b = t_mean - w @ x_mean
    return w.astype(features.dtype), b.astype(features.dtype)
