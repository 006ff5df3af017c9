"""exercise: elastic_penalty
belief: In the gradient the 2 of the denominator always goes away.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    s1 = sum(np.abs(w).sum() for w, _ in layers)
    s2 = sum((w**2).sum() for w, _ in layers)
    loss = (l1 * s1 + l2 * s2) / (2 * m)
    grads = [((l1 * np.sign(w) + l2 * w) / m, b * 0) for w, b in layers]
    return float(loss), grads
