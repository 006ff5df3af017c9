"""exercise: explain_counts
belief: With a bias per pixel there are as many biases as pixels in the layer's input.
teacher: The biases belong to the pixels of the maps that come out: maps times output rows times output columns.
"""

import numpy as np


def explain_counts(layers, shape, counts):
    answers = []
    now = tuple(shape)
    for layer, reported in zip(layers, counts):
        answer = "unknown"
        if layer[0] == "conv":
            _, maps, kernel, stride, padding = layer
            channels, rows, columns = now
            new_rows = (rows + 2 * padding - kernel) // stride + 1
            new_columns = (columns + 2 * padding - kernel) // stride + 1
            weights = maps * channels * kernel * kernel
            per_pixel = maps * rows * columns
            if reported == weights + maps:
                answer = "right"
            elif reported == weights:
                answer = "no biases"
            elif reported == weights + per_pixel:
                answer = "bias per pixel"
            elif reported == maps * kernel * kernel + maps:
                answer = "one channel"
            elif channels % 2 == 0 and reported == weights // 2 + maps:
                answer = "two groups"
            now = (maps, new_rows, new_columns)
        elif layer[0] == "pool":
            _, kernel, stride, padding = layer
            if reported == 0:
                answer = "right"
            elif reported == 2 * now[0]:
                answer = "trained"
            now = (
                now[0],
                (now[1] + 2 * padding - kernel) // stride + 1,
                (now[2] + 2 * padding - kernel) // stride + 1,
            )
        else:
            units = layer[1]
            numbers = 1
            for size in now:
                numbers *= size
            if reported == units * numbers + units:
                answer = "right"
            elif reported == units * numbers:
                answer = "no biases"
            elif reported == units * now[0] + units:
                answer = "not flattened"
            now = (units,)
        answers.append(answer)
    return answers
