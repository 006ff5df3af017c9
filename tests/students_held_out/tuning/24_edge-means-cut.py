"""exercise: coarse_to_fine
belief: The edge is told where the new box sticks out of the old one.
"""

import numpy as np


def coarse_to_fine(best, box, limits, log, factor):
    def f(v):
        return np.where(log, np.log(np.where(log, v, 1.0)), v)

    lo, hi, c = f(box[0]), f(box[1]), f(best)
    h = factor * (hi - lo) / 2
    edge = np.zeros(len(best), dtype=int)
    edge[c - h < lo] = -1
    edge[c + h > hi] = 1
    ends = np.stack([c - h, c + h])
    ends = np.where(log, np.exp(np.where(log, ends, 0)), ends)
    return np.clip(ends, limits[0], limits[1]).astype(box.dtype), edge
