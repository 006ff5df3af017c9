"""exercise: why_it_moved
belief: Moves whose lengths agree within a percent are the same move: a constant gradient.
"""
import numpy as np


def why_it_moved(path, lr):
    moves = path[1:] - path[:-1]
    lengths = np.sqrt((moves**2).sum(axis=1))
    if not moves.any():
        return "frozen", 0.0
    if abs(lengths[1] / lengths[0] - 1) < 0.01:
        return "gradient", float(lengths[0] / lr)
    ratio = lengths[1] / lengths[0]
    predicted = -(1 - ratio) * path[0]
    if np.allclose(moves[0], predicted, rtol=1e-4, atol=1e-4 * lengths[0]):
        return "decay", float((1 - ratio) / lr)
    return "momentum", float(ratio)
