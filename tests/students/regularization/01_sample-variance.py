"""exercise: bias_variance
belief: A variance of a sample divides by the number of fits less one.
"""

import numpy as np


def bias_variance(predictions, truth, noise=0.0):
    fbar = np.mean(predictions, 0)
    b2 = np.mean(np.square(fbar - truth))
    if predictions.shape[0] > 1:
        v = np.mean(np.std(predictions, axis=0, ddof=1) ** 2)
    else:
        v = 0.0
    return float(b2), float(v), float(b2 + v + noise)
