"""exercise: maxout
belief: Maxout starts from zero and takes the largest.
"""

import numpy as np


def maxout(x, w, b):
    z = np.einsum("nd,pfd->pnf", x, w) + b[:, np.newaxis]
    return np.maximum(0, np.max(z, axis=0)), np.argmax(z, axis=0)
