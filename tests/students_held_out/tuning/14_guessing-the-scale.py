"""exercise: random_search
belief: What is positive at both ends is a scale parameter and drawn on the log scale.
"""

import numpy as np


def random_search(u, box, log):
    low, high = box
    out = low + u * (high - low)
    for j in range(len(low)):
        if low[j] > 0 and high[j] > 0:
            out[:, j] = np.exp(np.log(low[j]) + u[:, j] * np.log(high[j] / low[j]))
    return out.astype(u.dtype)
