"""exercise: normal_equation
belief: The eigenvalues of X^T X can be compared with rcond times the largest one just like the
singular values of X.
"""

import numpy as np


def normal_equation(x, y, rcond=1e-6):
    lam, v = np.linalg.eigh(x.T @ x)
    if lam.max() <= 0:
        return np.zeros(x.shape[1], dtype=x.dtype)
    keep = lam > rcond * lam.max()
    b = v.T @ (x.T @ y)
    c = np.where(keep, b / np.where(keep, lam, 1), 0)
    return (v @ c).astype(x.dtype)
