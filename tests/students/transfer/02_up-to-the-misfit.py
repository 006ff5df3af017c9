"""exercise: transfer_layers
belief: The layers below the first misfit fit, so they are taken over.
teacher: All of the n layers or none: with a misfit the answer is the whole target.
"""

import numpy as np


def transfer_layers(source, target, n):
    misfit = None
    for i in range(n):
        same_w = source[i][0].shape == target[i][0].shape
        same_b = source[i][1].shape == target[i][1].shape
        if not (same_w and same_b):
            misfit = i
            break
    layers = []
    for i in range(len(target)):
        w, b = target[i]
        if i < (n if misfit is None else misfit):
            layers.append((source[i][0].astype(w.dtype), source[i][1].astype(b.dtype)))
        else:
            layers.append((w.copy(), b.copy()))
    return layers, misfit
