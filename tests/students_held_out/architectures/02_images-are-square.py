"""exercise: trace_layers
belief: Images are square, so the number of rows is also that of the columns.
teacher: The input need not be square: rows and columns have to be followed apart.
"""

import numpy as np


def trace_layers(layers, shape):
    shapes = []
    counts = []
    c, h, w = shape
    vector = None
    for layer in layers:
        name = layer[0]
        if name == "conv":
            f, k, s, p = layer[1], layer[2], layer[3], layer[4]
            weights = f * c * k * k
            biases = f
            counts.append(weights + biases)
            c = f
            h = (h + 2 * p - k) // s + 1
            w = h
            shapes.append((c, h, w))
        if name == "pool":
            k, s, p = layer[1], layer[2], layer[3]
            counts.append(0)
            h = (h + 2 * p - k) // s + 1
            w = h
            shapes.append((c, h, w))
        if name == "dense":
            units = layer[1]
            if vector is None:
                vector = c * h * w
            counts.append(units * vector + units)
            vector = units
            shapes.append((units,))
    return shapes, counts
