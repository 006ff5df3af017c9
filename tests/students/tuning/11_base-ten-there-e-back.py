"""exercise: random_search
belief: Draw log10 evenly, then take exp.
"""

import numpy as np


def random_search(u, box, log):
    out = np.empty_like(u)
    for d in range(u.shape[1]):
        a, b = box[0, d], box[1, d]
        if log[d]:
            out[:, d] = np.exp(np.log10(a) + u[:, d] * (np.log10(b) - np.log10(a)))
        else:
            out[:, d] = a + u[:, d] * (b - a)
    return out
