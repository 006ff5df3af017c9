"""exercise: accuracy_interval
belief: The interval of a share is Wilson's.
"""

import math


def accuracy_interval(predicted, labels, z=1.96):
    n = len(labels)
    p = float((predicted == labels).mean())
    se = math.sqrt(p * (1 - p) / n)
    mid = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return p, se, mid - half, mid + half
