"""exercise: resnet_shapes
belief: Inside a stage all blocks but the first read m channels, because m is the width of the
stage.
"""

import numpy as np


def resnet_shapes(blocks, bottleneck, side=224, classes=1000):
    size = (side + 6 - 7) // 2 + 1
    shapes = [(64, size, size)]
    size = (size + 2 - 3) // 2 + 1
    shapes.append((64, size, size))
    params, depth = 9408 + 128, 1
    expansion = 4 if bottleneck else 1
    came = 64
    for stage in range(len(blocks)):
        m = 64 * 2**stage
        leaves = m * expansion
        for block in range(blocks[stage]):
            reads = came if block == 0 else m
            if block == 0 and stage > 0:
                size = (size + 2 - 3) // 2 + 1
            if bottleneck:
                params += reads * m + 2 * m + 9 * m * m + 2 * m + m * leaves + 2 * leaves
                depth += 3
            else:
                params += 9 * reads * m + 2 * m + 9 * m * m + 2 * m
                depth += 2
            if block == 0 and (stage > 0 or came != leaves):
                params += came * leaves + 2 * leaves
        came = leaves
        shapes.append((leaves, size, size))
    shapes.extend([(came,), (classes,)])
    params += came * classes + classes
    return shapes, params, depth + 1
