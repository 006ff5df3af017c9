"""exercise: accuracy_interval
belief: What is reported is the share of wrong answers.
"""

import math

import numpy as np


def accuracy_interval(predicted, labels, z=1.96):
    e = float(np.mean(predicted != labels))
    se = math.sqrt(e * (1 - e) / len(labels))
    return e, se, max(0.0, e - z * se), min(1.0, e + z * se)
