"""exercise: elastic_penalty
belief: The L2 penalty is the L2 norm of each weight matrix.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    penalty = 0.0
    grads = []
    for w, b in layers:
        penalty += l1 / (2 * m) * np.linalg.norm(w.ravel(), 1)
        penalty += l2 / (2 * m) * np.linalg.norm(w)
        grads.append(((l1 / (2 * m) * np.sign(w) + l2 / m * w).astype(w.dtype), b * 0))
    return float(penalty), grads
