"""exercise: mistake_bound
belief: The margin is the smallest distance to the line, with a minus if some sample is on the wrong side.
"""

import numpy as np


def mistake_bound(w, x, y):
    full = np.column_stack([np.ones(len(x)), x])
    z = full @ w
    margin = np.abs(z).min() / np.sqrt(np.sum(w**2))
    wrong = (z >= 0).astype(int) != y
    if wrong.any():
        margin = -margin
    radius = np.sqrt((full**2).sum(axis=1)).max()
    bound = (radius / margin) ** 2 if margin > 0 else np.inf
    return float(margin), float(radius), float(bound)
