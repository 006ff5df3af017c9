"""exercise: forget_gate
belief: The gate's input is the concatenation [x, h], the input first.
"""

import numpy as np


def forget_gate(x, h, w, b):
    H = h.shape[1]
    concat = np.concatenate((x, h), axis=1)
    z = concat @ w[:H].T + b[:H]
    return 0.5 * (1 + np.tanh(0.5 * z))
