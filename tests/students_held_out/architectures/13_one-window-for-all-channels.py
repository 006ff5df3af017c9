"""exercise: block_cost
belief: In a depthwise convolution one window of K x K is laid over each channel, so it has K * K weights.
teacher: Each channel has a window of its own, K * K * C weights; only across channels nothing is read.
"""

import numpy as np


def block_cost(kind, shape, maps, kernel=3, stride=1, inner=1):
    C, H, W = shape
    before = H * W
    after = -(-H // stride) * -(-W // stride)
    k2, F, R = kernel**2, maps, inner
    if kind == "full":
        parts = [(k2 * C * F, after)]
    elif kind == "reduced":
        parts = [(C * R, before), (k2 * R * F, after)]
    elif kind == "bottleneck":
        parts = [(C * R, before), (k2 * R * R, after), (R * F, after)]
    elif kind == "separable":
        parts = [(k2, after * C), (C * F, after)]
    else:
        parts = [(k2 * C * F // R, after)]
    return sum(n for n, _ in parts), sum(n * pixels for n, pixels in parts)
