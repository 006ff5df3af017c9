"""exercise: fit_relu_to_rate
belief: The sloping side of the best ReLU consists of exactly the points where the neuron fires, so one straight-line fit through the positive rates is the answer.
"""

import numpy as np


def fit_relu_to_rate(currents, rates):
    if np.all(rates == 0):
        return 0.0, float(np.max(currents))

    active = rates > 0
    I = currents[active].astype(np.float64)
    r = rates[active].astype(np.float64)
    if len(I) < 2:
        # one point is not enough for a line, take the last silent one too
        silent = currents[~active].astype(np.float64)
        below = silent[silent < I[0]]
        I = np.append(I, below.max() if len(below) else I[0] - 1.0)
        r = np.append(r, 0.0)

    mean_I, mean_r = I.mean(), r.mean()
    gain = np.sum((I - mean_I) * (r - mean_r)) / np.sum((I - mean_I) ** 2)
    intercept = mean_r - gain * mean_I
    threshold = -intercept / gain
    return float(gain), float(threshold)
