"""exercise: maxout
belief: Of several equally large pieces any one will do, so the comparison may be >=.
"""

import numpy as np


def maxout(x, w, b):
    P, F, D = w.shape
    N = x.shape[0]
    best = np.full((N, F), -np.inf, dtype=x.dtype)
    piece = np.zeros((N, F), dtype=int)
    for p in range(P):
        z = x @ w[p].T + b[p]
        mask = z >= best
        best = np.where(mask, z, best)
        piece[mask] = p
    return best.astype(x.dtype), piece
