"""exercise: mse_loss
belief: MSE is a mean, so loss and slope are divided by the number of samples.
"""

import numpy as np


def mse_loss(prediction, target):
    N = prediction.shape[0]
    diff = prediction - target
    loss = 0.0
    for n in range(N):
        loss += 0.5 * float(np.sum(diff[n] ** 2))
    return loss / N, (diff / N).astype(prediction.dtype)
