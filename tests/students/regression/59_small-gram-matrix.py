"""exercise: max_stable_rate
belief: With fewer samples than parameters one may take x x^T instead of x^T x, and then the mean goes over the parameters, the smaller side being the one that is summed.
"""

import numpy as np


def max_stable_rate(x):
    rows, cols = x.shape
    a = x if rows >= cols else x.T
    top = np.linalg.eigvalsh(a.T @ a)[-1]
    if top <= 0:
        return np.inf
    return float(len(a) / top)
