"""exercise: trace_layers
belief: A dense layer reads the last size that is handed on, one number for each map.
teacher: Behind maps it reads all pixels of all of them: they are made one long vector first.
"""

import numpy as np


def trace_layers(
    layers: list[tuple], shape: tuple[int, int, int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    shapes, counts = [], []
    for layer in layers:
        if layer[0] == "conv":
            _, maps, kernel, stride, padding = layer
            channels, rows, columns = shape
            count = maps * (channels * kernel * kernel + 1)
            rows = (rows + 2 * padding - kernel) // stride + 1
            columns = (columns + 2 * padding - kernel) // stride + 1
            shape = (maps, rows, columns)
        elif layer[0] == "pool":
            _, kernel, stride, padding = layer
            channels, rows, columns = shape
            count = 0
            rows = (rows + 2 * padding - kernel) // stride + 1
            columns = (columns + 2 * padding - kernel) // stride + 1
            shape = (channels, rows, columns)
        else:
            units = layer[1]
            inputs = shape[0]
            count = units * (inputs + 1)
            shape = (units,)
        shapes.append(shape)
        counts.append(count)
    return shapes, counts
