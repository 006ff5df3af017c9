"""exercise: lesion
belief: Reshaping an array to one dimension makes a new array, so writing into it leaves the original weights alone.
"""

import numpy as np


def lesion(w, fraction, order):
    n_kill = round(fraction * w.size)
    damaged = w.reshape(-1)
    for position in order[:n_kill]:
        damaged[position] = 0
    return damaged.reshape(w.shape)
