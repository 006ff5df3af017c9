"""exercise: bptt_gradient_norms
belief: If the largest singular value is above 1 gradients can explode, if it is below 1 they vanish.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def bptt_gradient_norms(hs: Array, w: Array) -> tuple[Array, Array, str]:
    T, H = hs.shape
    sigma = np.linalg.norm(w, 2)
    steps = (1 - hs**2)[:, :, None] * w
    J = np.empty((T, H, H), w.dtype)
    J[0] = np.eye(H)
    for k in range(1, T):
        J[k] = J[k - 1] @ steps[T - k]
    norms = np.linalg.norm(J, 2, axis=(1, 2))
    bounds = (sigma ** np.arange(T)).astype(w.dtype)
    fate = "vanishes" if sigma < 1 else "can explode" if sigma > 1 else "undecided"
    return norms, bounds, fate
