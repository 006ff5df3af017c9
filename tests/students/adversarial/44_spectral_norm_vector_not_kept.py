"""exercise: spectral_norm
belief: u is the caller's vector; the walk uses a copy, and what is returned for the next time is
u itself, brought to length 1.
"""

import numpy as np


def spectral_norm(w, u, steps=1):
    W = w.reshape(w.shape[0], int(np.prod(w.shape[1:])))
    u = u / np.sqrt(np.sum(u**2))
    walker = u.copy()
    for _ in range(steps):
        v = np.dot(W.T, walker)
        v /= np.sqrt(np.sum(v**2))
        walker = np.dot(W, v)
        walker /= np.sqrt(np.sum(walker**2))
    sigma = float(np.dot(walker, np.dot(W, v)))
    return (w / sigma).astype(w.dtype), sigma, u.astype(w.dtype)
