"""exercise: xor_network
belief: The output needs a sum of one.
"""

import numpy as np


def xor_network(d=2):
    W = np.ones((d, d))
    t = np.arange(d) + 0.5
    v = np.array([[1.0 - 2 * (k % 2) for k in range(d)]])
    return [(W, t), (v, np.array([1.0]))]
