"""exercise: huber_gradient
belief: The gradient of the Huber loss is the error clipped to [-delta, delta], with no division by the batch size.
"""

import numpy as np


def huber_gradient(prediction, target, delta=1.0):
    error = prediction - target
    grad = np.where(np.abs(error) <= delta, error, delta * np.sign(error))
    return grad.astype(prediction.dtype)
