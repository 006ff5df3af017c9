"""exercise: lesion
belief: order says for each weight in which place it dies, so the weights whose entry is below the number go.
"""

import numpy as np


def lesion(w, fraction, order):
    O, D = w.shape
    k = round(fraction * w.size)
    damaged = np.zeros_like(w)
    for o in range(O):
        for i in range(D):
            rank = order[o * D + i]
            damaged[o, i] = 0 if rank < k else w[o, i]
    return damaged
