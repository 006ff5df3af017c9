"""exercise: resnet_shapes
belief: The depth counts every layer with weights, the projections among them.
teacher: It counts the layers on the longest way; projections lie on the short one, so ResNet-50 would be a ResNet-54.
"""

import numpy as np


def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    expansion = 4 if bottleneck else 1
    size = (side - 1) // 2 + 1
    shapes, weights, norms, depth = [(64, size, size)], 64 * 3 * 49, 64, 1
    size = (size - 1) // 2 + 1
    shapes += [(64, size, size)]
    inplanes = 64
    for planes, count in zip((64 * 2**k for k in range(len(blocks))), blocks):
        if planes > 64:
            size = (size - 1) // 2 + 1
        for i in range(count):
            kernels = [1, 3, 1] if bottleneck else [3, 3]
            widths = [planes] * (len(kernels) - 1) + [planes * expansion]
            downsample = i == 0 and (planes > 64 or inplanes != planes * expansion)
            for k, cin, cout in zip(kernels, [inplanes, *widths], widths):
                weights += k * k * cin * cout
                norms += cout
            depth += len(kernels) + downsample
            if downsample:
                weights += inplanes * widths[-1]
                norms += widths[-1]
            inplanes = widths[-1]
        shapes.append((inplanes, size, size))
    return [*shapes, (inplanes,), (classes,)], weights + 2 * norms + (inplanes + 1) * classes, depth + 1
