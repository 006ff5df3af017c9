"""exercise: elastic_penalty
belief: The gradient of lambda2/(2m) w^2 and of lambda1/(2m) |w| both lose the 2, lambda w/m and
lambda sign(w)/m.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    weights = [w for w, _ in layers]
    l1_sum = sum(np.sum(np.abs(w)) for w in weights)
    l2_sum = sum(np.sum(w ** 2) for w in weights)
    penalty = l1 / (2 * m) * l1_sum + l2 / (2 * m) * l2_sum
    grads = []
    for w, b in layers:
        dw = (l1 * np.sign(w) + l2 * w) / m
        grads.append((dw.astype(w.dtype), np.zeros_like(b)))
    return float(penalty), grads
