"""exercise: rotation_theta
belief: The theta of a rotation is the matrix that turns the content's points, cos, -sin, sin, cos.
"""

import numpy as np


def rotation_theta(angle):
    thetas = []
    for a in angle:
        c, s = np.cos(a), np.sin(a)
        thetas.append([[c, -s, 0], [s, c, 0]])
    return np.array(thetas, dtype=angle.dtype).reshape(-1, 2, 3)
