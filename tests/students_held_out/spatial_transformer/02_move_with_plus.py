"""exercise: content_theta
belief: To move the content right and down, tx and ty are added to the coordinates.
"""

import numpy as np


def content_theta(motion, amount):
    N = len(amount)
    out = np.zeros((N, 2, 3), dtype=amount.dtype)
    for n in range(N):
        p = amount[n, 0]
        q = amount[n, -1]
        if motion == "translate":
            out[n] = [[1, 0, p], [0, 1, q]]
        if motion == "rotate":
            out[n] = [[np.cos(p), np.sin(p), 0], [-np.sin(p), np.cos(p), 0]]
        if motion == "scale":
            out[n] = [[1 / p, 0, 0], [0, 1 / q, 0]]
        if motion == "shear":
            out[n, :, :2] = np.linalg.inv(np.array([[1, p], [q, 1]]))
    return out
