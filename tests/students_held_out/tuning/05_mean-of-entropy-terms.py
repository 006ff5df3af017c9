"""exercise: initial_loss
belief: The entropy is the mean over the classes of -p ln p.
"""

import numpy as np


def initial_loss(shares):
    terms = np.array([-p * np.log(p) if p > 0 else 0.0 for p in shares])
    return float(np.log(len(shares))), float(np.mean(terms[shares > 0]))
