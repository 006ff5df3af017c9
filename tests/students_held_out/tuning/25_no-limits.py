"""exercise: coarse_to_fine
belief: The limits are only a hint.
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
    return new.astype(box.dtype), (p > 0.9).astype(int) - (p < 0.1).astype(int)
