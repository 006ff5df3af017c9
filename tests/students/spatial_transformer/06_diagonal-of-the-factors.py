"""exercise: content_theta
belief: A scaling has its factors on the diagonal.
"""

import numpy as np


def content_theta(motion, amount):
    a, b = amount[:, 0], amount[:, -1]
    z, o = np.zeros_like(a), np.ones_like(a)
    if motion == "translate":
        rows = [[o, z, -a], [z, o, -b]]
    elif motion == "rotate":
        rows = [[np.cos(a), np.sin(a), z], [-np.sin(a), np.cos(a), z]]
    elif motion == "scale":
        rows = [[a, z, z], [z, b, z]]
    else:
        det = 1 - a * b
        rows = [[1 / det, -a / det, z], [-b / det, 1 / det, z]]
    return np.array(rows, dtype=amount.dtype).transpose(2, 0, 1)
