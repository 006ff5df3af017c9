"""exercise: huber_gradient
belief: The error is clipped to between -1 and 1, as in the DQN paper.
"""

import numpy as np


def huber_gradient(prediction, target, delta=1.0):
    error = prediction - target
    clipped = np.clip(error, -1.0, 1.0)
    return (clipped / len(prediction)).astype(prediction.dtype)
