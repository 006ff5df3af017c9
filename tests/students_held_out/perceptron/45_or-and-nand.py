"""exercise: xor_network
belief: XOR is OR and NAND.
"""

import numpy as np


def xor_network(d=2):
    W = np.stack([np.ones(d), -np.ones(d)])
    t = np.array([0.5, 0.5 - d])
    return [(W, t), (np.ones((1, 2)), np.array([1.5]))]
