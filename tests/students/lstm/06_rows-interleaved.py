"""exercise: output_gate
belief: The four rows of a cell stand together, f, i, candidate, o of cell 0, then those of cell 1.
"""

import numpy as np


def output_gate(x, h, w, b):
    hx = np.concatenate((h, x), axis=-1)
    # every fourth row, starting with the fourth
    W_o = w[3::4, :]
    b_o = b[3::4]
    pre = np.matmul(hx, W_o.T) + b_o
    return 0.5 * (1.0 + np.tanh(pre / 2.0))
