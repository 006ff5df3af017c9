"""exercise: why_it_moved
belief: Decay is what makes every single weight smaller from step to step; the direction of the moves is not compared with that of the weights.
teacher: A momentum may happen to make all weights smaller. Decay takes the same share of each.
"""

import numpy as np


def why_it_moved(path, lr):
    moves = np.diff(path, axis=0)
    if not moves.any():
        return "frozen", 0.0
    first, second = moves[0], moves[1]
    if np.linalg.norm(second - first) < 1e-4 * np.linalg.norm(first):
        return "gradient", float(np.linalg.norm(first) / lr)
    if np.all(np.diff(np.abs(path), axis=0) < 0):
        return "decay", float(1 - path[1, 0] / path[0, 0]) / lr
    return "momentum", float(np.linalg.norm(second) / np.linalg.norm(first))
