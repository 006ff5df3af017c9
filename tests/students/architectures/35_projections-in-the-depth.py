"""exercise: resnet_shapes
belief: All layers with weights count for the name.
teacher: Only those on the longest way: projections do not lie on it, or ResNet-50 would be 54.
"""

import numpy as np


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


def resnet_shapes(
    blocks: list[int], bottleneck: bool, side: int = 224, classes: int = 1000
) -> tuple[list[tuple[int, ...]], int, int]:
    shapes, _ = _trace_layers([("conv", 64, 7, 2, 3), ("pool", 3, 2, 1)], (3, side, side))
    parameters = 64 * 3 * 49 + 2 * 64
    depth = 1
    channels, rows, columns = shapes[-1]
    for k, number in enumerate(blocks):
        m = 64 * 2**k
        for block in range(number):
            before = (channels, rows, columns)
            if k > 0 and block == 0:
                rows, columns = (rows - 1) // 2 + 1, (columns - 1) // 2 + 1
            if bottleneck:
                channels = 4 * m
                parameters += before[0] * m + 2 * m
                parameters += 9 * m * m + 2 * m
                parameters += m * channels + 2 * channels
                depth += 3
            else:
                channels = m
                parameters += 9 * before[0] * m + 2 * m
                parameters += 9 * m * m + 2 * m
                depth += 2
            if (channels, rows, columns) != before:
                parameters += before[0] * channels + 2 * channels
                depth += 1
        shapes.append((channels, rows, columns))
    shapes.append((channels,))
    shapes.append((classes,))
    parameters += classes * (channels + 1)
    return shapes, parameters, depth + 1
