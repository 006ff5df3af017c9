"""exercise: glorot_normal
belief: As in Keras, draws beyond two standard deviations are drawn again.
"""

import numpy as np


def glorot_normal(shape, rng):
    area = 1
    for side in shape[2:]:
        area *= side
    stddev = np.sqrt(2.0 / (shape[1] * area + shape[0] * area))
    w = rng.normal(0.0, stddev, shape)
    outside = np.abs(w) > 2 * stddev
    while outside.any():
        w[outside] = rng.normal(0.0, stddev, int(outside.sum()))
        outside = np.abs(w) > 2 * stddev
    return w
