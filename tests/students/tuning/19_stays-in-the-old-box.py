"""exercise: coarse_to_fine
belief: The new box lies within the old one.
"""

import numpy as np


def coarse_to_fine(best, box, limits, log, factor):
    low, high = np.array(box[0], float), np.array(box[1], float)
    new = np.empty((2, len(best)))
    edge = np.zeros(len(best), dtype=int)
    for d in range(len(best)):
        f, g = (np.log, np.exp) if log[d] else (lambda v: v, lambda v: v)
        a, b, c = f(low[d]), f(high[d]), f(float(best[d]))
        h = factor * (b - a) / 2
        new[0, d] = max(g(c - h), low[d], limits[0, d])
        new[1, d] = min(g(c + h), high[d], limits[1, d])
        pos = (c - a) / (b - a)
        edge[d] = -1 if pos < 0.1 else 1 if pos > 0.9 else 0
    return new.astype(box.dtype), edge
