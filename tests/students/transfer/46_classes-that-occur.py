"""exercise: linear_probe
belief: The classes are those that occur among the labels, in order.
"""
import numpy as np


def linear_probe(features, labels, classes, lam):
    seen = np.unique(labels)
    t = np.zeros((len(features), classes))
    for column, c in enumerate(seen):
        t[labels == c, column] = 1
    f = features.astype(float)
    mean, goal = f.mean(axis=0), t.mean(axis=0)
    a = f - mean
    w = np.linalg.solve(a.T @ a + lam * np.eye(a.shape[1]), a.T @ (t - goal)).T
    b = goal - w @ mean
    return w.astype(features.dtype), b.astype(features.dtype)
