"""exercise: js_and_earth_mover
belief: The earth that has to be moved is half the sum of |p - q|, times the width of a bin.
"""

import numpy as np


def js_and_earth_mover(p, q, width):
    m = (p + q) / 2
    h = lambda a: -np.sum(a * np.log(np.where(a > 0, a, 1)))
    js = h(m) - (h(p) + h(q)) / 2
    emd = np.sum(np.abs(p - q)) / 2 * width
    return float(js), float(emd)
