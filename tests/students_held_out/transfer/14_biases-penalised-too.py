"""exercise: linear_probe
belief: A column of ones behind the features makes the bias a weight like the others.
teacher: Then it is penalised like the others; lambda must not stand in the bias' place of the diagonal.
"""

import numpy as np


def linear_probe(features, labels, classes, lam):
    f = np.hstack([features, np.ones((len(features), 1))]).astype(float)
    t = np.eye(classes)[labels]
    ridge = lam * np.eye(f.shape[1])
    theta = np.linalg.solve(f.T @ f + ridge, f.T @ t)
    return theta[:-1].T.astype(features.dtype), theta[-1].astype(features.dtype)
