"""exercise: mcculloch_pitts
belief: The neuron only fires if the sum is really larger than the threshold; being equal is not enough.
"""

import numpy as np


def mcculloch_pitts(x, w, threshold):
    N, D = x.shape
    y = np.zeros(N, dtype=x.dtype)
    for n in range(N):
        total = 0
        for i in range(D):
            total += w[i] * x[n, i]
        if total > threshold:
            y[n] = 1
        else:
            y[n] = 0
    return y
