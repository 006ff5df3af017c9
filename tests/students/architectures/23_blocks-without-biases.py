"""exercise: googlenet_shapes
belief: Inside a block the convolutions have no biases.
teacher: That was section 6; here every convolution has one for each of its maps, inside a block too.
"""

import math

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


def googlenet_shapes(
    modules: list, side: int = 224, classes: int = 1000
) -> tuple[list[tuple[int, ...]], int]:
    shapes, counts = _trace_layers(STEM, (3, side, side))
    for module in modules:
        if module == "pool":
            more, _ = _trace_layers([("pool", 3, 2, 1)], shapes[-1])
            shapes += more
            continue
        a, r3, b, r5, c, d = module
        C, H, W = shapes[-1]
        convolutions = [(C, 1, a), (C, 1, r3), (r3, 3, b), (C, 1, r5), (r5, 5, c), (C, 1, d)]
        counts.append(sum(out * into * k * k for into, k, out in convolutions))
        shapes.append((a + b + c + d, H, W))
    C = shapes[-1][0]
    counts.append(classes * (C + 1))
    return [*shapes, (C,), (classes,)], sum(counts)
