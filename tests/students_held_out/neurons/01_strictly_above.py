"""exercise: mcculloch_pitts
belief: A neuron fires only once the weighted sum has gone above the threshold, so equality is silence.
"""

import numpy as np


def mcculloch_pitts(x, w, threshold):
    out = np.zeros(x.shape[0], dtype=x.dtype)
    for n in range(x.shape[0]):
        s = np.dot(x[n], w)
        if s > threshold:
            out[n] = 1.0
    return out
