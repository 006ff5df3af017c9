"""exercise: cartesian_to_polar
belief: Angles run from 0 to two pi.
"""

import numpy as np


def cartesian_to_polar(points):
    r = np.linalg.norm(points, axis=1)
    a = np.arctan2(points[:, 1], points[:, 0])
    a = np.where(a < 0, a + 2 * np.pi, a)
    return np.column_stack((r, a)).astype(points.dtype)
