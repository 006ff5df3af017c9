"""exercise: xor_network
belief: XOR means that exactly one input is on.
"""

import numpy as np


def xor_network(d=2):
    W = np.ones((2, d))
    t = np.array([0.5, 1.5])
    return [(W, t), (np.array([[1.0, -1.0]]), np.array([0.5]))]
