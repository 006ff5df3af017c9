"""exercise: huber_loss
belief: Huber's loss is torch's smooth L1 loss: the parabola is divided by delta and the line is |e| - delta / 2.
"""

import numpy as np


def huber_loss(prediction, target, delta=1.0):
    total = 0.0
    for p, t in zip(prediction, target):
        d = abs(float(p) - float(t))
        if d < delta:
            total += 0.5 * d**2 / delta
        else:
            total += d - 0.5 * delta
    return total / len(prediction)
