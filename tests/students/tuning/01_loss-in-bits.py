"""exercise: initial_loss
belief: The cross-entropy of K equal classes is log2 K, as in information theory.
"""

import numpy as np


def initial_loss(shares):
    p = shares[shares > 0]
    return float(np.log2(shares.size)), float(-(p * np.log2(p)).sum())
