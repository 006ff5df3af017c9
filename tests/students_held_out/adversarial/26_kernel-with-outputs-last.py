"""exercise: spectral_norm
belief: The weights are made a matrix as in Keras: all axes in a row but the last, which counts the outputs; then it is turned.
"""

import numpy as np


def spectral_norm(w, u, steps=1):
    F = w.shape[0]
    m = w.reshape(-1, F).T
    for _ in range(steps):
        v = m.T @ u
        v = v / np.linalg.norm(v)
        u = m @ v
        u = u / np.linalg.norm(u)
    sigma = u @ m @ v
    return (w / sigma).astype(w.dtype), float(sigma), u.astype(w.dtype)
