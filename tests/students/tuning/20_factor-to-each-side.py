"""exercise: coarse_to_fine
belief: The box reaches factor times the old length to either side.
"""

import numpy as np


def coarse_to_fine(best, box, limits, log, factor):
    safe = np.where(log, box, 1.0)
    a = np.where(log, np.log(safe), box)
    c = np.where(log, np.log(np.where(log, best, 1.0)), best)
    length = a[1] - a[0]
    low, high = c - factor * length, c + factor * length
    new = np.stack([low, high])
    new = np.where(log, np.exp(np.where(log, new, 0)), new)
    place = (c - a[0]) / length
    edge = np.where(place < 0.1, -1, np.where(place > 0.9, 1, 0))
    return np.clip(new, limits[0], limits[1]).astype(box.dtype), edge
