"""exercise: xor_network
belief: Thresholds are whole numbers.
"""

import numpy as np


def xor_network(d=2):
    W = np.ones((d, d))
    t = np.arange(1.0, d + 1)
    v = np.array([[(-1.0) ** k for k in range(d)]])
    return [(W, t), (v, np.array([1.0]))]
