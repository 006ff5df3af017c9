"""exercise: why_it_moved
belief: The evidence for the gradient is how far each step went.
teacher: The move is eta times g: divide by the learning rate.
"""

import numpy as np


def why_it_moved(path, lr):
    def length(v):
        return float(np.sqrt(np.sum(v**2)))

    path = np.asarray(path, dtype=float)
    if all(np.array_equal(row, path[0]) for row in path):
        return "frozen", 0.0
    first, second = path[1] - path[0], path[2] - path[1]
    if length(second - first) <= 1e-5 * length(first):
        return "gradient", length(first)
    left = float(path[1] @ path[0]) / float(path[0] @ path[0])
    if length(path[1] - left * path[0]) <= 1e-5 * length(first):
        return "decay", (1 - left) / lr
    return "momentum", length(second) / length(first)
