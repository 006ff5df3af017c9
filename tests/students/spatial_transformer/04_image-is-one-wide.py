"""exercise: content_theta
belief: Normalised units are fractions of the image, so a shift by t is a shift of the positions by 2 t.
"""

import numpy as np


def content_theta(motion, amount):
    a, b = amount[:, 0], amount[:, -1]
    z, o = np.zeros_like(a), np.ones_like(a)
    if motion == "translate":
        rows = [[o, z, -2 * a], [z, o, -2 * b]]
    elif motion == "rotate":
        rows = [[np.cos(a), np.sin(a), z], [-np.sin(a), np.cos(a), z]]
    elif motion == "scale":
        rows = [[1 / a, z, z], [z, 1 / b, z]]
    else:
        det = 1 - a * b
        rows = [[1 / det, -a / det, z], [-b / det, 1 / det, z]]
    return np.array(rows, dtype=amount.dtype).transpose(2, 0, 1)
