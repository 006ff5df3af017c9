"""exercise: forget_bias_init
belief: The forget gate's biases are the second quarter, as for torch.nn.LSTM.
"""

import numpy as np


def forget_bias_init(hidden, value=1.0):
    bias = np.zeros(4 * hidden)
    n = bias.size
    bias[n // 4 : n // 2] = value
    return bias
