"""exercise: accuracy_interval
belief: The standard error is half the interval.
"""

import math

import numpy as np


def accuracy_interval(predicted, labels, z=1.96):
    p = float(np.mean(predicted == labels))
    h = z * math.sqrt(p * (1 - p) / len(labels))
    return p, h, max(0.0, p - h), min(1.0, p + h)
