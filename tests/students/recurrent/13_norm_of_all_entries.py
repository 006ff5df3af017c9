"""exercise: bptt_gradient_norms
belief: The size of a matrix is np.linalg.norm of it.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    T, H = hs.shape
    sigma = np.linalg.norm(w, 2)
    rho = np.max(np.abs(np.linalg.eigvals(w)))
    steps = (1 - hs**2)[:, :, None] * w
    J = np.empty((T, H, H), w.dtype)
    J[0] = np.eye(H)
    for k in range(1, T):
        J[k] = J[k - 1] @ steps[T - k]
    norms = np.array([np.linalg.norm(j) for j in J], w.dtype)
    bounds = (sigma ** np.arange(T)).astype(w.dtype)
    fate = "vanishes" if sigma < 1 else "can explode" if rho > 1 else "undecided"
    return norms, bounds, fate
