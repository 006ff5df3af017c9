"""exercise: spectral_norm
belief: The length of M^T u, by which v is divided, is already the singular value.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def spectral_norm(w: Array, u: Array, steps: int = 1) -> tuple[Array, float, Array]:
    matrix = w.reshape(w.shape[0], -1)
    for _ in range(steps):
        v = matrix.T @ u
        sigma = float(np.sqrt(np.sum(v**2)))
        v = v / sigma
        u = matrix @ v
        u = u / np.sqrt(np.sum(u**2))
    return (w / sigma).astype(w.dtype), sigma, u.astype(w.dtype)
