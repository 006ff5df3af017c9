"""exercise: explain_counts
belief: A trained pool has one coefficient for each map but a single bias for the layer.
"""

import numpy as np


def explain_counts(layers, shape, counts):
    shapes, right = trace_layers(layers, shape)
    res = []
    cur = shape
    for j, layer in enumerate(layers):
        said, table = counts[j], [("right", right[j])]
        if layer[0] == "pool":
            table.append(("trained", cur[0] + 1))
        elif layer[0] == "conv":
            f, k = layer[1], layer[2]
            w = f * k * k
            table.append(("no biases", w * cur[0]))
            table.append(("bias per pixel", w * cur[0] + int(np.prod(shapes[j]))))
            table.append(("one channel", w + f))
            if not cur[0] % 2:
                table.append(("two groups", w * cur[0] // 2 + f))
        else:
            table.append(("no biases", right[j] - layer[1]))
            if len(cur) > 1:
                table.append(("not flattened", layer[1] * cur[0] + layer[1]))
        fits = [name for name, number in table if number == said]
        res.append((fits + ["unknown"])[0])
        cur = shapes[j]
    return res
