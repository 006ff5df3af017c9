"""exercise: coarse_to_fine
belief: The best lies at the edge only if it equals one of the ends.
"""

import numpy as np


def coarse_to_fine(best, box, limits, log, factor):
    def to(v):
        return np.where(log, np.log(np.where(log, v, 1)), v)

    lo, hi, mid = to(box[0]), to(box[1]), to(best)
    half = (hi - lo) * factor / 2
    ends = np.stack([mid - half, mid + half])
    ends = np.where(log, np.exp(np.where(log, ends, 0)), ends)
    ends = np.minimum(np.maximum(ends, limits[0]), limits[1])
    edge = (best == box[1]).astype(int) - (best == box[0]).astype(int)
    return ends.astype(box.dtype), edge
