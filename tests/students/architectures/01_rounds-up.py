"""exercise: trace_layers
belief: A window that begins inside the image counts, so the size is rounded up.
teacher: Only windows that lie wholly within the padded image count: floor, not ceiling.
"""

import math

import numpy as np


def trace_layers(
    layers: list[tuple], shape: tuple[int, int, int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    def window(size, kernel, stride, padding):
        return math.ceil((size + 2 * padding - kernel) / stride) + 1

    shapes, counts = [], []
    for kind, *numbers in layers:
        if kind == "dense":
            (units,) = numbers
            counts.append(units * (math.prod(shape) + 1))
            shape = (units,)
        else:
            maps = numbers.pop(0) if kind == "conv" else shape[0]
            counts.append(maps * (shape[0] * numbers[0] ** 2 + 1) if kind == "conv" else 0)
            shape = (maps, *(window(size, *numbers) for size in shape[1:]))
        shapes.append(shape)
    return shapes, counts
