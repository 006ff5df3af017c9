"""exercise: chrono_bias
belief: The forget gate's biases are the second quarter, as for torch.nn.LSTM.
"""

import numpy as np


def chrono_bias(horizons):
    keep = np.log(horizons - 1)
    bias = np.zeros(4 * len(horizons), keep.dtype)
    n = bias.size
    bias[n // 4 : n // 2] = keep
    bias[: n // 4] = -keep
    return bias
