"""exercise: smooth_track
belief: A weighted average is always divided by the sum of all weights, also at the start of the track.
"""

import numpy as np


def smooth_track(positions, weights):
    T, D = positions.shape
    K = len(weights)
    total = weights.sum()
    smoothed = np.zeros((T, D))
    for t in range(T):
        for a in range(K):
            if t - a >= 0:
                smoothed[t] += weights[a] * positions[t - a]
        smoothed[t] /= total
    return smoothed.astype(positions.dtype)
