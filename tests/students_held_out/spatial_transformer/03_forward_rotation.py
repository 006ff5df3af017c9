"""exercise: content_theta
belief: The theta of a rotation is the matrix that turns the content's points, cos, -sin, sin, cos.
"""

import numpy as np


def content_theta(motion, amount):
    out = []
    for row in amount:
        u, v = row[0], row[-1]
        if motion == "rotate":
            out.append([[np.cos(u), -np.sin(u), 0], [np.sin(u), np.cos(u), 0]])
        elif motion == "translate":
            out.append([[1, 0, -u], [0, 1, -v]])
        elif motion == "scale":
            out.append([[1 / u, 0, 0], [0, 1 / v, 0]])
        else:
            d = 1 - u * v
            out.append([[1 / d, -u / d, 0], [-v / d, 1 / d, 0]])
    return np.array(out, dtype=amount.dtype)
