"""exercise: spectral_norm
belief: Once sigma changes by less than a hundredth the iteration has converged, and the remaining steps can be saved.
"""

import numpy as np


def spectral_norm(w, u, steps=1):
    m = w.reshape(len(w), -1)
    sigma = None
    for _ in range(steps):
        v = m.T @ u
        v = v / np.linalg.norm(v)
        u = m @ v
        u = u / np.linalg.norm(u)
        new = float(u @ m @ v)
        if sigma is not None and abs(new - sigma) < 0.01 * new:
            sigma = new
            break
        sigma = new
    return (w / sigma).astype(w.dtype), sigma, u.astype(w.dtype)
