"""exercise: which_penalty
belief: A path that ends within a thousandth of its start has not moved: the rest is rounding.
"""
import numpy as np


def which_penalty(path, lr):
    if np.allclose(path[-1], path[0], rtol=1e-3, atol=1e-3):
        return "none", 0.0
    moves = np.diff(path, axis=0)
    if np.linalg.norm(moves[1]) < 1e-9 * np.linalg.norm(moves[0]) and np.any(path[1]):
        return "max-norm", float(np.linalg.norm(path[1]))
    l2 = (1 - path[1] / path[0]) / lr
    if np.max(l2) - np.min(l2) < 1e-9 * np.max(np.abs(l2)):
        return "l2", float(l2[0])
    return "l1", float(np.abs(moves[0]).max() / lr)
