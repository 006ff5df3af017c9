"""exercise: huber_loss
belief: The gradient of the Huber loss is the error clipped to [-delta, delta], with no division by the batch size.
"""

import numpy as np


def huber_loss(prediction, target, delta=1.0):
    error = prediction - target
    size = np.abs(error)
    loss = np.mean(np.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta)))
    grad = np.where(np.abs(error) <= delta, error, delta * np.sign(error))
    return loss, grad.astype(prediction.dtype)
