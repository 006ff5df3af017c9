"""exercise: block_cost
belief: With a stride the size is H // s.
teacher: With "same" padding it is rounded up: 5 rows with stride 2 give 3.
"""

import math

import numpy as np


def block_cost(kind, shape, maps, kernel=3, stride=1, inner=1):
    C, *size = shape
    conv = lambda cin, cout, k, groups=1: cin * cout * k * k // groups
    layers = {  # (weights, whether the stride has been applied)
        "full": [(conv(C, maps, kernel), True)],
        "reduced": [(conv(C, inner, 1), False), (conv(inner, maps, kernel), True)],
        "bottleneck": [(conv(C, inner, 1), False), (conv(inner, inner, kernel), True), (conv(inner, maps, 1), True)],
        "separable": [(conv(C, C, kernel, C), True), (conv(C, maps, 1), True)],
        "grouped": [(conv(C, maps, kernel, inner), True)],
    }[kind]
    small = math.prod(n // stride for n in size)
    big = math.prod(size)
    return sum(w for w, _ in layers), sum(w * (small if late else big) for w, late in layers)
