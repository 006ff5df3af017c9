"""exercise: forget_bias_init
belief: The forget gate's biases are the second block, as in PyTorch and Keras (i, f, g, o).
"""

import numpy as np


def forget_bias_init(hidden, value=1.0):
    bias = np.zeros(4 * hidden)
    bias[hidden : 2 * hidden].fill(value)
    return bias
