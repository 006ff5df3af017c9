"""exercise: xor_network
belief: One needs OR on top.
"""

import numpy as np


def xor_network(d=2):
    W = np.ones((d, d))
    t = np.arange(d) + 0.5
    return [(W, t), (np.ones((1, d)), np.array([0.5]))]
