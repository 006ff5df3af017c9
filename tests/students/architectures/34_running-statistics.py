"""exercise: resnet_shapes
belief: A batch norm has four numbers for each map.
teacher: Running mean and variance are not learned: two, a scale and a shift.
"""

import math

import numpy as np


def _trace_layers(
    layers: list[tuple], shape: tuple[int, int, int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    def window(size, kernel, stride, padding):
        return (size + 2 * padding - kernel) // stride + 1

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


def resnet_shapes(
    blocks: list[int], bottleneck: bool, side: int = 224, classes: int = 1000
) -> tuple[list[tuple[int, ...]], int, int]:
    shapes, _ = _trace_layers([("conv", 64, 7, 2, 3), ("pool", 3, 2, 1)], (3, side, side))
    convolutions = [(3, 7, 64)]
    depth = 2
    shape = shapes[-1]
    for k, several in enumerate(blocks):
        m = 64 * 2**k
        for i in range(several):
            C, H, W = shape
            F = 4 * m if bottleneck else m
            stride = 2 if k and not i else 1
            new = (F, (H - 1) // stride + 1, (W - 1) // stride + 1)
            if bottleneck:
                inside = [(C, 1, m), (m, 3, m), (m, 1, F)]
            else:
                inside = [(C, 3, m), (m, 3, m)]
            depth += len(inside)
            if new != shape:
                inside.append((C, 1, F))
            convolutions += inside
            shape = new
        shapes.append(shape)
    C = shape[0]
    learned = sum(a * k * k * f + 4 * f for a, k, f in convolutions) + classes * (C + 1)
    return [*shapes, (C,), (classes,)], learned, depth
