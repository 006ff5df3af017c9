"""exercise: trace_layers
belief: Padding is the number of rows that are added to the image.
teacher: It is added on each side, so twice in each direction.
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
            rows = (rows + padding - kernel) // stride + 1
            columns = (columns + padding - kernel) // stride + 1
            shape = (maps, rows, columns)
        elif layer[0] == "pool":
            _, kernel, stride, padding = layer
            channels, rows, columns = shape
            count = 0
            rows = (rows + padding - kernel) // stride + 1
            columns = (columns + padding - kernel) // stride + 1
            shape = (channels, rows, columns)
        else:
            units = layer[1]
            inputs = 1
            for size in shape:
                inputs *= size
            count = units * (inputs + 1)
            shape = (units,)
        shapes.append(shape)
        counts.append(count)
    return shapes, counts
