"""exercise: elastic_penalty
belief: Every parameter of the net is penalised.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    total = 0.0
    grads = []
    for w, b in layers:
        layer = []
        for p in (w, b):
            total += l1 / (2 * m) * np.abs(p).sum() + l2 / (2 * m) * (p * p).sum()
            layer.append(l1 / (2 * m) * np.sign(p) + l2 / m * p)
        grads.append(tuple(layer))
    return float(total), grads
