"""exercise: initial_loss
belief: The second number is how much the loss falls when the frequencies are learned.
"""

import numpy as np


def initial_loss(shares):
    p = np.asarray(shares, dtype=float)
    fresh = np.log(p.size)
    nz = p[p > 0]
    return float(fresh), float(fresh - (-(nz * np.log(nz)).sum()))
