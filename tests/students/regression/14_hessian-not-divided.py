"""exercise: max_stable_rate
belief: The Hessian is 2 X'X.
"""

import numpy as np


def max_stable_rate(x):
    if not np.any(x):
        return np.inf
    s = np.linalg.svd(x, compute_uv=False)
    return 2 / (2 * s[0] ** 2)
