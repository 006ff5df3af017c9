"""exercise: resnet_shapes
belief: A batch norm has four numbers for each map: scale, shift, running mean and running variance.
teacher: The running statistics are measured, not learned: only scale and shift count.
"""

import numpy as np


def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    def out_size(n, kernel, stride, padding):
        return (n + 2 * padding - kernel) // stride + 1

    shapes = []
    parameters = 0
    depth = 0
    n = out_size(side, 7, 2, 3)
    parameters += 64 * 3 * 7 * 7
    parameters += 4 * 64
    depth += 1
    shapes.append((64, n, n))
    n = out_size(n, 3, 2, 1)
    shapes.append((64, n, n))
    channels = 64
    for k in range(len(blocks)):
        width = 64
        for _ in range(k):
            width = width * 2
        for b in range(blocks[k]):
            stride = 1
            if k > 0 and b == 0:
                stride = 2
            if bottleneck:
                convolutions = [(channels, width, 1), (width, width, 3), (width, 4 * width, 1)]
            else:
                convolutions = [(channels, width, 3), (width, width, 3)]
            for c_in, c_out, kernel in convolutions:
                parameters += c_in * c_out * kernel * kernel
                parameters += 4 * c_out
                depth += 1
            new_channels = convolutions[-1][1]
            if stride != 1 or new_channels != channels:
                parameters += channels * new_channels
                parameters += 4 * new_channels
            channels = new_channels
            n = out_size(n, 3, stride, 1)
        shapes.append((channels, n, n))
    shapes.append((channels,))
    parameters += channels * classes + classes
    depth += 1
    shapes.append((classes,))
    return shapes, parameters, depth
