"""exercise: bias_variance
belief: The variance of a model is how much its answers vary from point to point.
"""

import numpy as np


def bias_variance(predictions, truth, noise=0.0):
    avg = predictions.mean(axis=0)
    bias = ((avg - truth) ** 2).mean()
    variance = np.mean([np.var(row) for row in predictions])
    return float(bias), float(variance), float(bias + variance + noise)
