"""exercise: chrono_bias
belief: A horizon of T steps takes a forget bias of ln T.
"""

import numpy as np


def chrono_bias(horizons):
    h = len(horizons)
    start = np.log(horizons)
    b = np.zeros(4 * h, start.dtype)
    b[:h], b[h : 2 * h] = start, -start
    return b
