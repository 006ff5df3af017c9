"""exercise: elastic_penalty
belief: All parameters are penalised, the biases too.
"""

import numpy as np


def elastic_penalty(layers, l1, l2, m):
    penalty = 0.0
    gradients = []
    for layer in layers:
        grads = []
        for p in layer:
            penalty += (l1 * np.abs(p).sum() + l2 * np.square(p).sum()) / (2 * m)
            grads.append((l1 * np.sign(p) / (2 * m) + l2 * p / m).astype(p.dtype))
        gradients.append(tuple(grads))
    return float(penalty), gradients
