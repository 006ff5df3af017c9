"""exercise: normal_equation
belief: rcond is the size below which a singular value counts as zero.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    U, s, Vt = np.linalg.svd(x, full_matrices=False)
    s_inv = np.array([1 / si if si > rcond else 0.0 for si in s])
    theta = Vt.T @ np.diag(s_inv) @ U.T @ y
    return theta.astype(x.dtype)
