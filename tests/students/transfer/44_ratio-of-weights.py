"""exercise: why_it_moved
belief: Under decay all the ratios of new to old weights are equal; where they are not, it was momentum.
"""
import numpy as np


def why_it_moved(path, lr):
    d = path[1:] - path[:-1]
    if np.all(d == 0):
        return "frozen", 0.0
    if np.allclose(d[0], d[1], rtol=1e-5, atol=1e-6 * np.abs(d[0]).max()):
        return "gradient", float(np.linalg.norm(d[0])) / lr
    with np.errstate(all="ignore"):
        q = path[1] / path[0]
    if np.max(q) - np.min(q) < 1e-5:
        return "decay", float(1 - q[0]) / lr
    return "momentum", float(np.linalg.norm(d[1]) / np.linalg.norm(d[0]))
