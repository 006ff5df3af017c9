"""exercise: accuracy_interval
belief: Accuracies are given in percent.
"""

import math

import numpy as np


def accuracy_interval(predicted, labels, z=1.96):
    p = 100.0 * np.mean(predicted == labels)
    se = math.sqrt(p * (100.0 - p) / len(labels))
    return float(p), se, float(max(0.0, p - z * se)), float(min(100.0, p + z * se))
