"""exercise: rbm_free_energy
belief: log1p makes log(1 + exp(z)) safe for all z.
"""

import numpy as np


def rbm_free_energy(x, w, b, d):
    out = []
    for row in x:
        f = -np.dot(b, row)
        for j in range(len(d)):
            z = np.dot(row, w[:, j]) + d[j]
            f -= np.log1p(np.exp(z))
        out.append(f)
    return np.array(out, dtype=x.dtype)
