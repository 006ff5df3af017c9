"""exercise: bias_variance
belief: The squared bias is the square of the mean deviation over all points.
"""

import numpy as np


def bias_variance(predictions, truth, noise=0.0):
    f_bar = np.mean(predictions, axis=0)
    bias = np.mean(f_bar - truth) ** 2
    variance = np.mean(np.var(predictions, axis=0))
    return float(bias), float(variance), float(bias + variance + noise)
