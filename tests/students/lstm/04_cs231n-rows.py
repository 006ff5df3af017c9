"""exercise: candidate
belief: The blocks are stacked i, f, o, g as in the CS231n notes, so the candidate's rows are the last.
"""

import numpy as np


def candidate(x, h, w, b):
    _, H = h.shape
    a = np.hstack([h, x]).dot(w.T) + b
    ag = a[:, 3 * H :]
    g = np.tanh(ag)
    return g
