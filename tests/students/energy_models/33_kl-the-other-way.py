"""exercise: sparse_penalty
belief: KL(rho || rho_hat) has the measured activity as the weights in front of the logarithms.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def sparse_penalty(h: Array, rho: float = 0.05) -> tuple[float, Array]:
    active = h.mean(axis=0)
    penalty = np.sum(
        active * np.log(active / rho) + (1 - active) * np.log((1 - active) / (1 - rho))
    )
    slope = np.log(active / rho) - np.log((1 - active) / (1 - rho))
    dh = np.broadcast_to(slope / len(h), h.shape)
    return float(penalty), dh.astype(h.dtype)
