"""exercise: sgd_step
belief: A step changes the parameters themselves, and returning the same array afterwards is only a convenience.
"""

import numpy as np


def sgd_step(param, grad, lr=0.01):
    for idx in np.ndindex(param.shape):
        param[idx] = param[idx] - lr * grad[idx]
    return param
