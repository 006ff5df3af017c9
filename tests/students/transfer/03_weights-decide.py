"""exercise: transfer_layers
belief: If the weights fit the biases fit too.
teacher: Each layer's weights and biases must both have the target's shapes; biases may be missing or of another shape.
"""

import numpy as np


def transfer_layers(source, target, n):
    misfit = None
    for i in range(n):
        same_w = source[i][0].shape == target[i][0].shape
        if not same_w:
            misfit = i
            break
    layers = []
    for i in range(len(target)):
        w, b = target[i]
        if misfit is None and i < n:
            layers.append((source[i][0].astype(w.dtype), source[i][1].astype(b.dtype)))
        else:
            layers.append((w.copy(), b.copy()))
    return layers, misfit
