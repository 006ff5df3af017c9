"""exercise: bias_variance
belief: The bias is the mean squared difference between each prediction and the truth.
"""

import numpy as np


def bias_variance(predictions, truth, noise=0.0):
    R, N = predictions.shape
    bias = 0.0
    for r in range(R):
        bias += np.sum((predictions[r] - truth) ** 2)
    bias = bias / (R * N)
    mean = predictions.sum(axis=0) / R
    variance = np.sum((predictions - mean) ** 2) / (R * N)
    return float(bias), float(variance), float(bias + variance + noise)
