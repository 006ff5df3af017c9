"""exercise: preactivation_std
belief: The standard deviations of independent parts add up, so the bias adds its own to that of the weighted sum.
"""

import numpy as np


def preactivation_std(n, weight_std=1.0, bias_std=0.0):
    std_of_weights = np.sqrt(n) * weight_std
    return float(std_of_weights + bias_std)
