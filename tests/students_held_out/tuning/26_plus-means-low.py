"""exercise: coarse_to_fine
belief: +1 says that there is more room needed below.
"""

import numpy as np


def coarse_to_fine(best, box, limits, log, factor):
    def f(v):
        return np.where(log, np.log(np.where(log, v, 1.0)), v)

    lo, hi, c = f(box[0]), f(box[1]), f(best)
    h = factor * (hi - lo) / 2
    new = np.array([c - h, c + h])
    new[:, log] = np.exp(new[:, log])
    p = (c - lo) / (hi - lo)
    edge = (p < 0.1).astype(int) - (p > 0.9).astype(int)
    return np.clip(new, limits[0], limits[1]).astype(box.dtype), edge
