"""exercise: spectral_norm
belief: Weights that stretch by less than 1 need no division, so it is max(1, sigma).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def spectral_norm(w: Array, u: Array, steps: int = 1) -> tuple[Array, float, Array]:
    M = w.reshape(len(w), -1)
    for _ in range(steps):
        v = u @ M
        v /= np.linalg.norm(v)
        u = M @ v
        u /= np.linalg.norm(u)
    sigma = float(u @ (M @ v))
    return w / w.dtype.type(max(1.0, sigma)), sigma, u.astype(w.dtype)
