"""exercise: accuracy_interval
belief: Add two right and two wrong answers, nearly: z squared halves.
"""

import math


def accuracy_interval(predicted, labels, z=1.96):
    n = len(labels)
    k = int((predicted == labels).sum())
    p = k / n
    se = math.sqrt(p * (1 - p) / n)
    n2 = n + z**2
    p2 = (k + z**2 / 2) / n2
    h = z * math.sqrt(p2 * (1 - p2) / n2)
    return p, se, max(0.0, p2 - h), min(1.0, p2 + h)
