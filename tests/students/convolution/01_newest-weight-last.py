"""exercise: smooth_track
belief: The weights lie over the window in the order of time, so weights[0] belongs to the oldest report in the window.
"""

import numpy as np


def smooth_track(positions, weights):
    T, D = positions.shape
    K = len(weights)
    out = np.zeros((T, D), dtype=positions.dtype)
    for t in range(T):
        start = max(0, t - K + 1)
        window = positions[start : t + 1]
        w = weights[: len(window)]
        out[t] = (w[:, None] * window).sum(axis=0) / w.sum()
    return out
