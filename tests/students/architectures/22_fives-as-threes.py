"""exercise: googlenet_shapes
belief: The third path has windows of 3, as in PyTorch's googlenet.
teacher: That is a well-known bug of a copy; here windows of 5 are windows of 5.
"""

import numpy as np

STEM = [
    ("conv", 64, 7, 2, 3),
    ("pool", 3, 2, 1),
    ("conv", 64, 1, 1, 0),
    ("conv", 192, 3, 1, 1),
    ("pool", 3, 2, 1),
]


def _trace_layers(
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
            inputs = 1
            for size in shape:
                inputs *= size
            count = units * (inputs + 1)
            shape = (units,)
        shapes.append(shape)
        counts.append(count)
    return shapes, counts


def googlenet_shapes(
    modules: list, side: int = 224, classes: int = 1000
) -> tuple[list[tuple[int, ...]], int]:
    shapes, counts = _trace_layers(STEM, (3, side, side))
    parameters = sum(counts)
    for module in modules:
        channels, rows, columns = shapes[-1]
        if module == "pool":
            shapes.append((channels, (rows - 1) // 2 + 1, (columns - 1) // 2 + 1))
            continue
        one, reduce3, three, reduce5, five, project = module
        parameters += one * (channels + 1)
        parameters += reduce3 * (channels + 1)
        parameters += three * (9 * reduce3 + 1)
        parameters += reduce5 * (channels + 1)
        parameters += five * (9 * reduce5 + 1)
        parameters += project * (channels + 1)
        shapes.append((one + three + five + project, rows, columns))
    channels = shapes[-1][0]
    shapes.append((channels,))
    shapes.append((classes,))
    parameters += classes * (channels + 1)
    return shapes, parameters
