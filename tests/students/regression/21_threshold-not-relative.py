"""exercise: normal_equation
belief: Singular values below rcond are zero.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    U, S, Vt = np.linalg.svd(x, full_matrices=False)
    inv = np.zeros_like(S)
    inv[S > rcond] = 1 / S[S > rcond]
    return Vt.T @ (inv * (U.T @ y))
