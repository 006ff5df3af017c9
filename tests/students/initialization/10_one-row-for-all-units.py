"""exercise: glorot_normal
belief: One row of random weights is drawn and given to each unit of the layer, since all units are alike at the start.
"""

import numpy as np


def glorot_normal(shape, rng):
    positions = int(np.prod(shape[2:], dtype=int))
    sigma = np.sqrt(2 / (positions * (shape[0] + shape[1])))
    one_unit = rng.normal(0, sigma, size=shape[1:])
    weights = np.empty(shape)
    for unit in range(shape[0]):
        weights[unit] = one_unit
    return weights
