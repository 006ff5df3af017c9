"""exercise: huber_loss
belief: Huber's loss is torch's smooth L1 loss: the parabola is divided by delta and the line is |e| - delta / 2.
"""

import numpy as np


def huber_loss(prediction, target, delta=1.0):
    total = 0.0
    slopes = np.zeros_like(prediction)
    for i, (p, t) in enumerate(zip(prediction, target)):
        d = abs(float(p) - float(t))
        if d < delta:
            total += 0.5 * d**2 / delta
            slopes[i] = (p - t) / delta
        else:
            total += d - 0.5 * delta
            slopes[i] = 1.0 if p > t else -1.0
    return total / len(prediction), slopes / len(prediction)
