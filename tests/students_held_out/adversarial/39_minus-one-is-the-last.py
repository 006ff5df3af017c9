"""exercise: ddpm_step
belief: alpha_bar[t - 1] is what was left before the step t.
"""

import math

import numpy as np


def ddpm_step(x, t, predicted, noise, beta):
    left = []
    product = 1.0
    for b in beta:
        product = product * (1.0 - float(b))
        left.append(product)
    left_before = left[t - 1]
    b = float(beta[t])
    sigma = math.sqrt(b * (1 - left_before) / (1 - left[t]))
    result = np.zeros(x.shape, dtype=x.dtype)
    for n in range(x.shape[0]):
        for j in range(x.shape[1]):
            without = x[n, j] - b / math.sqrt(1 - left[t]) * predicted[n, j]
            result[n, j] = without / math.sqrt(1 - b) + sigma * noise[n, j]
    return result
