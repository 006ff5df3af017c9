"""exercise: elastic_penalty
belief: The penalty is one half of lambda times the sum, the number of samples has no business
there.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    loss = 0.0
    grads = []
    for w, b in layers:
        loss += 0.5 * l1 * np.abs(w).sum() + 0.5 * l2 * np.square(w).sum()
        grads.append((0.5 * l1 * np.sign(w) + l2 * w, np.zeros_like(b)))
    return float(loss), grads
