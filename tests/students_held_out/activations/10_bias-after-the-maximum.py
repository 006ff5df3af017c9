"""exercise: maxout
belief: The bias can be added after the largest piece has been found.
"""

import numpy as np


def maxout(x, w, b):
    scores = np.tensordot(x, w, axes=(1, 2))  # N, P, F
    piece = scores.argmax(axis=1)
    y = scores.max(axis=1)
    cols = np.arange(w.shape[1])
    y = y + b[piece, cols[None, :]]
    return y, piece
