"""exercise: pca
belief: The singular value decomposition of the data gives the components directly; the mean is only needed for the way back.
"""

import numpy as np


def pca(x, k):
    mean = np.mean(x, axis=0)
    centred = x
    U, S, Vt = np.linalg.svd(centred, full_matrices=False)
    P = np.zeros((x.shape[1], x.shape[1]), dtype=x.dtype)
    variances = []
    for c in range(k):
        P = P + np.outer(Vt[c], Vt[c])
        variances.append(S[c] ** 2 / x.shape[0])
    return mean, P, np.array(variances, dtype=x.dtype)
