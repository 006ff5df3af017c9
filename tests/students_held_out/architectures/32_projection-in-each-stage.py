"""exercise: resnet_shapes
belief: The first block of each stage has a projection.
teacher: Only if its output has another shape than its input: basic blocks of the first stage have 64 maps before and behind, and need none.
"""

import numpy as np


def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    half = lambda n: (n + 1) // 2
    conv_bn = lambda cin, cout, k: cin * cout * k * k + 2 * cout
    size = half(side)
    shapes = [(64, size, size)]
    size = half(size)
    shapes.append((64, size, size))
    params, depth, c = conv_bn(3, 64, 7), 1, 64
    for stage, number in enumerate(blocks):
        m = 64 * 2**stage
        out = 4 * m if bottleneck else m
        for block in range(number):
            stride = 2 if stage > 0 and block == 0 else 1
            if stride == 2:
                size = half(size)
            if bottleneck:
                params += conv_bn(c, m, 1) + conv_bn(m, m, 3) + conv_bn(m, out, 1)
                depth += 3
            else:
                params += conv_bn(c, m, 3) + conv_bn(m, m, 3)
                depth += 2
            if block == 0:
                params += conv_bn(c, out, 1)
            c = out
        shapes.append((c, size, size))
    shapes += [(c,), (classes,)]
    return shapes, params + (c + 1) * classes, depth + 1
