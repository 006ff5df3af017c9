"""exercise: trace_layers
belief: A convolution shares everything, so the whole layer has a single bias that all its maps
use.
"""

import numpy as np


def trace_layers(layers, shape):
    shapes, counts = [], []
    here = tuple(shape)
    for layer in layers:
        if layer[0] == "dense":
            counts.append(layer[1] * (int(np.prod(here)) + 1))
            here = (layer[1],)
        else:
            k, s, p = layer[-3:]
            rows = (here[1] + 2 * p - k) // s + 1
            cols = (here[2] + 2 * p - k) // s + 1
            if layer[0] == "conv":
                counts.append(layer[1] * here[0] * k * k + 1)
                here = (layer[1], rows, cols)
            else:
                counts.append(0)
                here = (here[0], rows, cols)
        shapes.append(here)
    return shapes, counts
