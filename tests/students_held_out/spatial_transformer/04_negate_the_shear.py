"""exercise: content_theta
belief: The inverse of a shear is the shear by -kx and -ky.
"""

import numpy as np


def content_theta(motion, amount):
    theta = np.tile(np.eye(2, 3, dtype=amount.dtype), (len(amount), 1, 1))
    if motion == "shear":
        theta[:, 0, 1] = -amount[:, 0]
        theta[:, 1, 0] = -amount[:, 1]
    elif motion == "scale":
        theta[:, 0, 0] = 1 / amount[:, 0]
        theta[:, 1, 1] = 1 / amount[:, 1]
    elif motion == "translate":
        theta[:, :, 2] -= amount
    else:
        c, s = np.cos(amount[:, 0]), np.sin(amount[:, 0])
        theta[:, 0, 0], theta[:, 0, 1] = c, s
        theta[:, 1, 0], theta[:, 1, 1] = -s, c
    return theta
