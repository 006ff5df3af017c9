"""exercise: content_theta
belief: A rotation by phi is the matrix (cos, -sin; sin, cos).
"""

import numpy as np


def content_theta(motion, amount):
    a, b = amount[:, 0], amount[:, -1]
    z, o = np.zeros_like(a), np.ones_like(a)
    if motion == "translate":
        rows = [[o, z, -a], [z, o, -b]]
    elif motion == "rotate":
        c, s = np.cos(a), np.sin(a)
        rows = [[c, -s, z], [s, c, z]]
    elif motion == "scale":
        rows = [[1 / a, z, z], [z, 1 / b, z]]
    else:
        det = 1 - a * b
        rows = [[1 / det, -a / det, z], [-b / det, 1 / det, z]]
    return np.array(rows, dtype=amount.dtype).transpose(2, 0, 1)
