"""exercise: relative_error
belief: Two gradients are compared by the length of their difference.
"""

import numpy as np


def relative_error(a, b):
    difference = np.linalg.norm((a - b).ravel())
    scale = max(np.linalg.norm(a.ravel()), np.linalg.norm(b.ravel()))
    if scale == 0:
        return 0.0
    return float(difference / scale)
