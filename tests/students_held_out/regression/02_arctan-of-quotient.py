"""exercise: cartesian_to_polar
belief: The angle is the arctangent of y over x.
"""

import numpy as np


def cartesian_to_polar(points):
    x = points[:, 0]
    y = points[:, 1]
    r = np.sqrt(x ** 2 + y ** 2)
    phi = np.arctan(y / x)
    phi[r == 0] = 0
    return np.stack((r, phi), axis=1).astype(points.dtype)
