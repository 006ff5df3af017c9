"""exercise: resnet_shapes
belief: Every stride of 2 halves the side, and what is odd is rounded down.
"""

import numpy as np


def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    shapes, s = [], side // 2
    shapes.append((64, s, s))
    s //= 2
    shapes.append((64, s, s))
    params, depth, c = 9408 + 128, 1, 64
    for k, n in enumerate(blocks):
        m = 64 << k
        out = m * (4 if bottleneck else 1)
        if k:
            s //= 2
        for i in range(n):
            if i == 0 and (k > 0 or c != out):
                params += c * out + 2 * out
            if bottleneck:
                params += c * m + 9 * m * m + m * out + 4 * m + 2 * out
                depth += 3
            else:
                params += 9 * c * m + 9 * m * m + 4 * m
                depth += 2
            c = out
        shapes.append((c, s, s))
    shapes.append((c,))
    shapes.append((classes,))
    return shapes, params + (c + 1) * classes, depth + 1
