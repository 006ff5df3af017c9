"""exercise: chrono_bias
belief: The forget gate's biases are the second block, as in PyTorch and Keras (i, f, g, o).
"""

import numpy as np


def chrono_bias(horizons):
    hidden = horizons.shape[0]
    b_f = np.log(horizons - 1)
    b = np.concatenate([-b_f, b_f, b_f, b_f])
    b[2 * hidden :] = 0
    return b
