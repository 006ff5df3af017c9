"""exercise: explain_counts
belief: The most special explanation that fits is the right one, so the last one down the table.
teacher: The first one that fits is asked for: right before everything, one channel before two groups.
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


def explain_counts(
    layers: list[tuple], shape: tuple[int, int, int], counts: list[int]
) -> list[str]:
    shapes, right = _trace_layers(layers, shape)
    answers = []
    for k, (kind, *numbers) in enumerate(layers):
        C, *size = shapes[k - 1] if k else shape
        found = {"right": right[k]}
        if kind == "pool":
            found["trained"] = 2 * C
        elif kind == "conv":
            maps, area = numbers[0], numbers[1] ** 2
            weights = maps * C * area
            found["no biases"] = weights
            found["bias per pixel"] = weights + math.prod(shapes[k])
            found["one channel"] = maps * (area + 1)
            if C % 2 == 0:
                found["two groups"] = weights // 2 + maps
        else:
            found["no biases"] = right[k] - numbers[0]
            found["not flattened"] = numbers[0] * (C + 1)
        fits = [name for name, count in found.items() if count == counts[k]]
        answers.append(fits[-1] if fits else "unknown")
    return answers
