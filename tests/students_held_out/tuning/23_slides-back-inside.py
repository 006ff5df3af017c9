"""exercise: coarse_to_fine
belief: A box that would cross a limit is moved back until it fits.
"""

import math

import numpy as np


def coarse_to_fine(best, box, limits, log, factor):
    D = len(best)
    new, edge = np.zeros((2, D)), np.zeros(D, dtype=int)
    for d in range(D):
        to, back = (math.log, math.exp) if log[d] else (float, float)
        lo, hi, c = to(box[0, d]), to(box[1, d]), to(best[d])
        l0, l1 = to(limits[0, d]) if not log[d] or limits[0, d] > 0 else -1e9, to(limits[1, d])
        h = factor * (hi - lo) / 2
        a, b = c - h, c + h
        if a < l0:
            a, b = l0, b + (l0 - a)
        if b > l1:
            a, b = a - (b - l1), l1
        new[:, d] = back(a), back(b)
        p = (c - lo) / (hi - lo)
        edge[d] = -1 if p < 0.1 else (1 if p > 0.9 else 0)
    return new.astype(box.dtype), edge
