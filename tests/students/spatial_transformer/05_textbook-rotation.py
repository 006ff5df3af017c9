"""exercise: rotation_theta
belief: A rotation by phi is the matrix (cos, -sin; sin, cos).
"""

import numpy as np


def rotation_theta(angle):
    c = np.cos(angle)
    s = np.sin(angle)
    o = np.zeros_like(angle)
    first = np.stack([c, -s, o], axis=1)
    second = np.stack([s, c, o], axis=1)
    return np.stack([first, second], axis=1)
