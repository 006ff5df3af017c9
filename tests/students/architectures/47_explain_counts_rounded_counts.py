"""exercise: explain_counts
belief: Reported counts are rounded, so a number within a thousandth of an explanation fits it.
"""

import numpy as np


def explain_counts(layers, shape, counts):
    def near(a, b):
        return abs(a - b) <= 1e-3 * max(a, b)

    shapes, right = trace_layers(layers, shape)
    out, cur = [], tuple(shape)
    for layer, after, r, said in zip(layers, shapes, right, counts):
        tries = [("right", r)]
        if layer[0] == "pool":
            tries += [("trained", 2 * cur[0])]
        elif layer[0] == "conv":
            f, k, c = layer[1], layer[2], cur[0]
            tries += [("no biases", r - f), ("bias per pixel", r - f + f * after[1] * after[2])]
            tries += [("one channel", f * (k * k + 1))]
            if c % 2 == 0:
                tries += [("two groups", f * (c // 2 * k * k + 1))]
        else:
            tries += [("no biases", r - layer[1])]
            if len(cur) == 3:
                tries += [("not flattened", layer[1] * (cur[0] + 1))]
        for name, value in tries:
            if near(value, said):
                out.append(name)
                break
        else:
            out.append("unknown")
        cur = after
    return out
