"""exercise: accuracy_interval
belief: 95 % means 1.96.
"""

import math

import numpy as np


def accuracy_interval(predicted, labels, z=1.96):
    p = float(np.mean(predicted == labels))
    se = math.sqrt(p * (1 - p) / len(labels))
    return p, se, max(0.0, p - 1.96 * se), min(1.0, p + 1.96 * se)
