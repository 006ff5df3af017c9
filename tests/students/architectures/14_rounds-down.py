"""exercise: block_cost
belief: A layer with stride s turns H rows into H // s.
teacher: With same padding it is the ceiling: 5 rows become 3 with stride 2.
"""

import numpy as np


def block_cost(
    kind: str,
    shape: tuple[int, int, int],
    maps: int,
    kernel: int = 3,
    stride: int = 1,
    inner: int = 1,
) -> tuple[int, int]:
    C, H, W = shape
    before = H * W
    after = (H // stride) * (W // stride)
    K2, F, R = kernel**2, maps, inner
    layers = {
        "full": [(K2 * C * F, after)],
        "reduced": [(C * R, before), (K2 * R * F, after)],
        "bottleneck": [(C * R, before), (K2 * R * R, after), (R * F, after)],
        "separable": [(K2 * C, after), (C * F, after)],
        "grouped": [(K2 * C * F // R, after)],
    }[kind]
    return sum(w for w, _ in layers), sum(w * pixels for w, pixels in layers)
