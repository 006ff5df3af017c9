"""exercise: cartesian_to_polar
belief: Angles run from 0 to 2 pi.
"""

import numpy as np


def cartesian_to_polar(points):
    x, y = points.T
    r = np.linalg.norm(points, axis=1)
    angle = np.arctan2(y, x) % (2 * np.pi)
    return np.column_stack([r, angle]).astype(points.dtype)
