"""exercise: block_cost
belief: R groups make a layer from C/R to F/R channels.
teacher: That is one group; there are R of them, so all F maps read C/R channels each.
"""

import math

import numpy as np


def block_cost(
    kind: str,
    shape: tuple[int, int, int],
    maps: int,
    kernel: int = 3,
    stride: int = 1,
    inner: int = 1,
) -> tuple[int, int]:
    channels, rows, columns = shape
    large = rows * columns
    small = math.ceil(rows / stride) * math.ceil(columns / stride)
    window = kernel * kernel
    if kind == "full":
        steps = [(window * channels * maps, small)]
    elif kind == "reduced":
        steps = [(channels * inner, large), (window * inner * maps, small)]
    elif kind == "bottleneck":
        steps = [
            (channels * inner, large),
            (window * inner * inner, small),
            (inner * maps, small),
        ]
    elif kind == "separable":
        steps = [(window * channels, small), (channels * maps, small)]
    else:
        steps = [(window * (channels // inner) * (maps // inner), small)]
    weights = sum(weight for weight, _ in steps)
    multiplications = sum(weight * pixels for weight, pixels in steps)
    return weights, multiplications
