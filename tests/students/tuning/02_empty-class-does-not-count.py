"""exercise: initial_loss
belief: A class that never comes is no class for the fresh net either.
"""

import math

import numpy as np


def initial_loss(shares):
    p = shares[shares > 0]
    return math.log(len(p)), float(-np.sum(p * np.log(p)))
