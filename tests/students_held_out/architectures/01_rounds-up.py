"""exercise: trace_layers
belief: A window that sticks out at the border still gives a pixel, so sizes are rounded up.
teacher: Only windows that lie wholly within the padded image count: round down, and what is left over is not looked at.
"""

import math

import numpy as np


def trace_layers(layers, shape):
    def out(size, kernel, stride, padding):
        room = size + 2 * padding - kernel
        return -(-room // stride) + 1

    shapes, counts = [], []
    for kind, *numbers in layers:
        if kind == "conv":
            maps, kernel, stride, padding = numbers
            counts.append(maps * (shape[0] * kernel**2 + 1))
            shape = (maps, out(shape[1], kernel, stride, padding), out(shape[2], kernel, stride, padding))
        elif kind == "pool":
            counts.append(0)
            shape = (shape[0], out(shape[1], *numbers), out(shape[2], *numbers))
        else:
            counts.append(numbers[0] * (math.prod(shape) + 1))
            shape = (numbers[0],)
        shapes.append(shape)
    return shapes, counts
