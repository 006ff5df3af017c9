"""exercise: initial_loss
belief: The entropy formula takes care of zeros by itself.
"""

import numpy as np


def initial_loss(shares):
    k = len(shares)
    with np.errstate(all="ignore"):
        entropy = -(shares * np.log(shares)).sum()
    return float(np.log(k)), float(entropy)
