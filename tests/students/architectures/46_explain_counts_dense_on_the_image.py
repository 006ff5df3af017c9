"""exercise: explain_counts
belief: Maps come into a dense layer only if a conv or a pool stands right before it in the
list.
"""

import numpy as np


def explain_counts(layers, shape, counts):
    shapes, right = trace_layers(layers, shape)
    befores = [shape] + shapes[:-1]
    answer = []
    for i in range(len(layers)):
        kind, said = layers[i][0], counts[i]
        if said == right[i]:
            answer.append("right")
            continue
        found = "unknown"
        if kind == "pool":
            if said == 2 * befores[i][0]:
                found = "trained"
        elif kind == "conv":
            maps, k = layers[i][1:3]
            c = befores[i][0]
            area = shapes[i][1] * shapes[i][2]
            if said == maps * c * k**2:
                found = "no biases"
            elif said == maps * (c * k**2 + area):
                found = "bias per pixel"
            elif said == maps * (k**2 + 1):
                found = "one channel"
            elif c % 2 == 0 and said == maps * (c // 2 * k**2 + 1):
                found = "two groups"
        else:
            units = layers[i][1]
            if said == right[i] - units:
                found = "no biases"
            elif (
                i > 0
                and layers[i - 1][0] in ("conv", "pool")
                and said == units * (befores[i][0] + 1)
            ):
                found = "not flattened"
        answer.append(found)
    return answer
