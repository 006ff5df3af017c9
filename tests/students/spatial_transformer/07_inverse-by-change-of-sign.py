"""exercise: content_theta
belief: The inverse of a shear is the shear with the opposite signs.
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
        rows = [[1 / a, z, z], [z, 1 / b, z]]
    else:
        rows = [[o, -a, z], [-b, o, z]]
    return np.array(rows, dtype=amount.dtype).transpose(2, 0, 1)
