"""exercise: transfer_layers
belief: A list of layers that is put together anew is a new net.
teacher: The list is new, but it holds the old net's arrays: training in place destroys the net they came from. Copy them.
"""

import numpy as np


def transfer_layers(source, target, n):
    for k in range(n):
        (w, b), (tw, tb) = source[k], target[k]
        if w.shape != tw.shape or b.shape != tb.shape:
            return [(w, b) for w, b in target], k
    layers = []
    for k, (tw, tb) in enumerate(target):
        w, b = source[k] if k < n else (tw, tb)
        layers.append((w.astype(tw.dtype, copy=False), b.astype(tb.dtype, copy=False)))
    return layers, None
