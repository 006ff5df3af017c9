"""exercise: smooth_track
belief: The weights are normalised to sum to one beforehand, also at the start of the track.
"""

import numpy as np


def smooth_track(positions, weights):
    w = weights / np.sum(weights)
    smoothed = np.zeros_like(positions)
    for t in range(positions.shape[0]):
        for a in range(min(t, len(w) - 1) + 1):
            smoothed[t] += (w[a] * positions[t - a]).astype(positions.dtype)
    return smoothed
