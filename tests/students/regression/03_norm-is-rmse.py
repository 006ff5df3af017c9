"""exercise: mse
belief: np.linalg.norm is the root mean square.
"""

import numpy as np


def mse(prediction, target, root=False):
    r = prediction.reshape(-1) - target.reshape(-1)
    n = np.linalg.norm(r)
    if root:
        return float(n)
    return float(n**2 / r.size)
