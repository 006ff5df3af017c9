"""exercise: normal_equation
belief: Eigenvalues of X'X below rcond times the largest are zero.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    lam, Q = np.linalg.eigh(x.T @ x)
    keep = lam > rcond * lam.max()
    Q = Q[:, keep]
    return Q @ ((Q.T @ (x.T @ y)) / lam[keep])
