"""exercise: which_penalty
belief: One weight is enough: equal moves are L1, shrinking moves are L2, a single move is max-norm.
"""
import numpy as np


def which_penalty(path, lr):
    w = path[:, 0]
    d1, d2 = w[1] - w[0], w[2] - w[1]
    if d1 == 0:
        return "none", 0.0
    if abs(d2) < 1e-9 * abs(d1):
        return "max-norm", float(np.linalg.norm(path[1]))
    if abs(d1 - d2) < 1e-9 * abs(d1):
        return "l1", float(abs(d1) / lr)
    return "l2", float(-d1 / (lr * w[0]))
