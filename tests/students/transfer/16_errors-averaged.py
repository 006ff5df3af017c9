"""exercise: linear_probe
belief: The squared errors are averaged over the samples.
teacher: They are summed here, so lam stands alone and not times N.
"""

import numpy as np


def linear_probe(features, labels, classes, lam):
    f = features.astype(float)
    t = np.eye(classes)[labels]
    f0, t0 = f.mean(axis=0), t.mean(axis=0)
    fc, tc = f - f0, t - t0
    W = np.linalg.solve(fc.T @ fc + len(f) * lam * np.eye(f.shape[1]), fc.T @ tc).T
    b = t0 - W @ f0
    return W.astype(features.dtype), b.astype(features.dtype)
