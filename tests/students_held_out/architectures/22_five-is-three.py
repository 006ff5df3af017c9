"""exercise: googlenet_shapes
belief: The path of the large windows has 3 x 3 kernels, as in torchvision.
teacher: That is a well-known slip of torchvision's copy; in the paper and here windows of 5 are windows of 5.
"""

import numpy as np


def googlenet_shapes(modules, side=224, classes=1000):
    shapes = []
    parameters = 0

    def half(n):
        return (n - 1) // 2 + 1

    size = half(side)
    shapes.append((64, size, size))
    parameters += 3 * 64 * 49 + 64
    size = half(size)
    shapes.append((64, size, size))
    shapes.append((64, size, size))
    parameters += 64 * 64 + 64
    shapes.append((192, size, size))
    parameters += 64 * 192 * 9 + 192
    size = half(size)
    shapes.append((192, size, size))
    maps = 192
    for module in modules:
        if isinstance(module, str):
            size = half(size)
        else:
            for before, after, window in [
                (maps, module[0], 1),
                (maps, module[1], 1),
                (module[1], module[2], 3),
                (maps, module[3], 1),
                (module[3], module[4], 3),
                (maps, module[5], 1),
            ]:
                parameters += before * after * window * window
                parameters += after
            maps = module[0] + module[2] + module[4] + module[5]
        shapes.append((maps, size, size))
    shapes.append((maps,))
    shapes.append((classes,))
    parameters += maps * classes + classes
    return shapes, parameters
