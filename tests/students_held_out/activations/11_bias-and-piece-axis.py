"""exercise: maxout
belief: The maximum is taken over the units, axis of F.
"""

import numpy as np


def maxout(x, w, b):
    z = np.einsum("nd,pfd->npf", x, w) + b
    y = z.max(axis=-1)
    piece = z.argmax(axis=-1)
    return y, piece
