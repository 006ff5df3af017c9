"""exercise: elementwise_loss
belief: MSE is a mean, so loss and slope are divided by the number of samples.
"""

import numpy as np


def elementwise_loss(output, target, kind):
    N = output.shape[0]
    if kind == "squares":
        diff = output - target
        loss = 0.0
        for n in range(N):
            loss += 0.5 * float(np.sum(diff[n] ** 2))
        return loss / N, (diff / N).astype(output.dtype)
    p = np.exp(-np.logaddexp(0, -output))
    loss = float(np.mean(np.logaddexp(0, output) - target * output))
    return loss, ((p - target) / output.size).astype(output.dtype)
