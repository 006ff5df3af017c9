"""exercise: explain_counts
belief: Two groups can always be made: of an odd number of channels each map reads the half, rounded down.
teacher: Two groups are possible only if the number of channels is even; for an odd one this explanation is not to be offered.
"""

import numpy as np


def explain_counts(layers, shape, counts):
    def size(n, k, s, p):
        return (n + 2 * p - k) // s + 1

    def candidates(layer, shape):
        if layer[0] == "pool":
            after = (shape[0], *(size(n, *layer[1:]) for n in shape[1:]))
            return after, {"right": 0, "trained": 2 * shape[0]}
        if layer[0] == "dense":
            m = layer[1]
            fan_in = int(np.prod(shape))
            return (m,), {"right": m * fan_in + m, "no biases": m * fan_in, "not flattened": m * shape[0] + m}
        m, k = layer[1:3]
        after = (m, *(size(n, *layer[2:]) for n in shape[1:]))
        table = {
            "right": m * k * k * shape[0] + m,
            "no biases": m * k * k * shape[0],
            "bias per pixel": m * k * k * shape[0] + int(np.prod(after)),
            "one channel": m * k * k + m,
            "two groups": m * k * k * (shape[0] // 2) + m,
        }
        return after, table

    names = []
    for layer, count in zip(layers, counts):
        shape, table = candidates(layer, shape)
        fitting = [name for name in table if table[name] == count]
        names.append((fitting + ["unknown"])[0])
    return names
