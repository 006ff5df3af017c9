"""exercise: rbm_joint
belief: After the largest exponent was subtracted, the logarithm of the sum is log Z, since a shift cancels.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def binary_states(n: int) -> Array:
    """Return all states of n units: an array of shape (2**n, n), in the order of binary numbers."""
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


def rbm_joint(w, b, d):
    V, H = w.shape
    xs, hs = binary_states(V), binary_states(H)
    neg_energy = xs @ w @ hs.T + (xs @ b)[:, None] + (hs @ d)[None, :]
    top = neg_energy.max()
    log_z = np.log(np.exp(neg_energy - top).sum())
    joint = np.exp(neg_energy - top - log_z)
    return joint.astype(w.dtype), float(log_z)
