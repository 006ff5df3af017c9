"""exercise: fit_relu_to_rate
belief: The silent points tell nothing about the slope, so the best ReLU is the regression line through the points that fire.
"""

import numpy as np


def fit_relu_to_rate(currents, rates):
    firing = rates > 0
    if not np.any(firing):
        return 0.0, float(np.max(currents))

    I = currents[firing].astype(np.float64)
    r = rates[firing].astype(np.float64)
    if len(I) < 2:
        # only one firing point: draw the line from the last silent one
        silent = currents[~firing]
        below = silent[silent < I[0]]
        start = float(np.max(below)) if len(below) else float(I[0]) - 1.0
        return float(r[0] / (I[0] - start)), start

    I_mean = I.mean()
    r_mean = r.mean()
    sxx = ((I - I_mean) ** 2).sum()
    sxy = ((I - I_mean) * (r - r_mean)).sum()
    if sxx == 0 or sxy == 0:
        return 0.0, float(np.max(currents))
    gain = sxy / sxx
    intercept = r_mean - gain * I_mean
    threshold = -intercept / gain
    return float(gain), float(threshold)
