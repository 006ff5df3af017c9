"""exercise: rbm_joint
belief: In double precision e to the minus energy can be formed directly; overflow is a problem of float32 only.
"""

import numpy as np


def rbm_joint(w, b, d):
    bits = lambda n: np.array([[int(c) for c in np.binary_repr(i, n)] for i in range(2**n)], float)
    X, Hh = bits(w.shape[0]), bits(w.shape[1])
    E = -(X @ w @ Hh.T) - (X @ b)[:, None] - Hh @ d
    low = 0.0
    p = np.exp(low - E)
    Z = p.sum()
    return (p / Z).astype(w.dtype), float(np.log(Z) - low)
