"""exercise: transfer_layers
belief: A new list with new tuples is a copy of the net.
teacher: The arrays in it are still the old net's: training the new one destroys the old; copy each array.
"""

import numpy as np


def transfer_layers(source, target, n):
    bad = [
        k
        for k, (old, new) in enumerate(zip(source[:n], target))
        if any(a.shape != c.shape for a, c in zip(old, new))
    ]
    chosen = target if bad else [*source[:n], *target[n:]]
    layers = [
        tuple(np.asarray(part, dtype=like.dtype) for part, like in zip(layer, new))
        for layer, new in zip(chosen, target)
    ]
    return layers, bad[0] if bad else None
