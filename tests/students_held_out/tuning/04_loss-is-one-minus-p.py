"""exercise: initial_loss
belief: The loss of a probability p is 1 - p.
"""

import numpy as np


def initial_loss(shares):
    k = len(shares)
    return 1.0 - 1.0 / k, float(1.0 - np.max(shares))
