"""exercise: huber_loss
belief: The error is clipped to between -1 and 1, as in the DQN paper.
"""

import numpy as np


def huber_loss(prediction, target, delta=1.0):
    error = prediction - target
    size = np.abs(error)
    loss = np.where(size < delta, error * error / 2, delta * size - delta * delta / 2)
    clipped = np.clip(error, -1.0, 1.0)
    return loss.mean(), (clipped / len(prediction)).astype(prediction.dtype)
