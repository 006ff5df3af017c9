"""exercise: explain_counts
belief: Half of an odd number of channels is rounded down.
teacher: Two groups are possible only if the number of channels is even; else that explanation is out.
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


def explain_counts(
    layers: list[tuple], shape: tuple[int, int, int], counts: list[int]
) -> list[str]:
    shapes, right = _trace_layers(layers, shape)
    names = []
    before = shape
    for layer, after, correct, reported in zip(layers, shapes, right, counts):
        tries = [("right", correct)]
        if layer[0] == "pool":
            tries.append(("trained", 2 * before[0]))
        elif layer[0] == "conv":
            maps, window = layer[1], layer[2] ** 2
            tries.append(("no biases", maps * before[0] * window))
            pixels = after[1] * after[2]
            tries.append(("bias per pixel", maps * before[0] * window + maps * pixels))
            tries.append(("one channel", maps * (window + 1)))
            tries.append(("two groups", maps * (before[0] // 2 * window + 1)))
        else:
            tries.append(("no biases", correct - layer[1]))
            tries.append(("not flattened", layer[1] * (before[0] + 1)))
        name = "unknown"
        for explanation, count in tries:
            if count == reported:
                name = explanation
                break
        names.append(name)
        before = after
    return names
