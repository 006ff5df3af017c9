"""exercise: elastic_penalty
belief: The sign of a number is 1 unless it is negative.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    loss, grads = 0.0, []
    for w, b in layers:
        sign = np.ones_like(w)
        sign[w < 0] = -1
        loss += (l1 * (sign * w).sum() + l2 * (w**2).sum()) / (2 * m)
        grads.append((l1 * sign / (2 * m) + l2 * w / m, np.zeros_like(b)))
    return float(loss), grads
