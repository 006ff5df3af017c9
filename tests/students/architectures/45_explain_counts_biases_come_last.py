"""exercise: explain_counts
belief: Structural mistakes are the more serious explanations, so forgotten biases are only
considered when nothing else fits.
"""

import numpy as np


def explain_counts(layers, shape, counts):
    shapes, right = trace_layers(layers, shape)
    befores = [tuple(shape), *shapes]
    answer = []
    for layer, before, after, r, said in zip(layers, befores, shapes, right, counts):
        kind = layer[0]
        if said == r:
            answer.append("right")
        elif kind == "pool":
            answer.append("trained" if said == 2 * before[0] else "unknown")
        elif kind == "conv":
            f, k, c = layer[1], layer[2], before[0]
            if said == f * c * k * k + f * after[1] * after[2]:
                answer.append("bias per pixel")
            elif said == f * (k * k + 1):
                answer.append("one channel")
            elif c % 2 == 0 and said == f * (c // 2 * k * k + 1):
                answer.append("two groups")
            elif said == f * c * k * k:
                answer.append("no biases")
            else:
                answer.append("unknown")
        else:
            if len(before) == 3 and said == layer[1] * (before[0] + 1):
                answer.append("not flattened")
            elif said == r - layer[1]:
                answer.append("no biases")
            else:
                answer.append("unknown")
    return answer
