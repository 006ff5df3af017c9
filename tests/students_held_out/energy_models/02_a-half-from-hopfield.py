"""exercise: rbm_energy
belief: Each pair of units is counted twice, so the term with the weights gets a half, as in Hopfield's energy.
"""

import numpy as np


def rbm_energy(x, h, w, b, d):
    N = x.shape[0]
    energies = np.zeros(N, dtype=x.dtype)
    for n in range(N):
        e = 0.0
        for i in range(w.shape[0]):
            for j in range(w.shape[1]):
                e -= 0.5 * x[n, i] * w[i, j] * h[n, j]
        for i in range(w.shape[0]):
            e -= b[i] * x[n, i]
        for j in range(w.shape[1]):
            e -= d[j] * h[n, j]
        energies[n] = e
    return energies
