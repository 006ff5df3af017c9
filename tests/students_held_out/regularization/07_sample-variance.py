"""exercise: bias_variance
belief: A variance estimated from R fits is divided by R - 1.
"""

import numpy as np


def bias_variance(predictions, truth, noise=0.0):
    mean = predictions.mean(axis=0)
    bias = float(((mean - truth) ** 2).mean())
    variance = float(predictions.var(axis=0, ddof=1).mean())
    total = bias + variance + noise
    return bias, variance, total
