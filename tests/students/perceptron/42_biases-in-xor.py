"""exercise: xor_network
belief: A layer has weights and biases.
"""

import numpy as np


def xor_network(d=2):
    W1 = np.ones((d, d))
    b1 = -np.arange(d) - 0.5
    W2 = np.array([[1.0 if k % 2 == 0 else -1.0 for k in range(d)]])
    return [(W1, b1), (W2, np.array([-0.5]))]
