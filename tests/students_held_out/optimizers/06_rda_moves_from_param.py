"""exercise: dual_averaging_step
belief: Like every optimizer of the chapter it takes a step from the present parameters, so the thresholded mean gradient is subtracted from param.
"""

import numpy as np


def dual_averaging_step(param, grad, state, l1=0.01, gamma=1.0):
    mean, t = state
    t = t + 1
    mean = (t - 1) / t * mean + grad / t

    shrunk = np.sign(mean) * np.maximum(np.abs(mean) - l1, 0)
    step = float(np.sqrt(t)) / gamma * shrunk
    new_param = param - step
    return new_param.astype(param.dtype), (mean.astype(param.dtype), t)
