"""exercise: which_penalty
belief: Under L1 the first weight's loss in the first step tells the strength.
"""

import numpy as np


def which_penalty(path, lr):
    w0, w1, w2 = path[0], path[1], path[2]
    if np.allclose(w0, w1):
        return "none", 0.0
    ratio = np.dot(w0, w1) / np.dot(w0, w0)
    if np.allclose(w1, ratio * w0):
        if np.allclose(w1, w2):
            return "max-norm", float(np.linalg.norm(w1))
        return "l2", float((1 - ratio) / lr)
    loss = abs(w0[0]) - abs(w1[0])
    return "l1", float(loss / lr)
