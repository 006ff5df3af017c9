"""exercise: accuracy_interval
belief: The variance of a sample divides by n - 1.
"""

import numpy as np


def accuracy_interval(predicted, labels, z=1.96):
    hit = (predicted == labels).astype(float)
    n = len(hit)
    p = float(hit.mean())
    se = float(hit.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
    return p, se, max(0.0, p - z * se), min(1.0, p + z * se)
