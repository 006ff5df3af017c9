"""exercise: why_it_moved
belief: lambda is the share of the weights that is gone after a step.
teacher: That share is the rate times lambda; divide by the rate.
"""

import numpy as np


def why_it_moved(path, lr):
    rows = [np.array(row, dtype=float) for row in path]

    def length(v):
        return float(np.sqrt(np.sum(v * v)))

    first = rows[1] - rows[0]
    second = rows[2] - rows[1]
    if all(length(rows[t + 1] - rows[t]) == 0 for t in range(len(rows) - 1)):
        return "frozen", 0.0
    start = length(rows[0])
    if start > 0:
        share = length(first) / start
        next_share = length(second) / length(rows[1]) if length(rows[1]) > 0 else share
        toward_origin = length(first + share * rows[0]) < 1e-4 * length(first)
        if toward_origin and abs(next_share - share) < 1e-4 * share:
            return "decay", share
    if length(second - first) < 1e-4 * length(first):
        return "gradient", length(first) / lr
    return "momentum", length(second) / length(first)
