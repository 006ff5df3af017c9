"""exercise: forget_gate
belief: The gates read the concatenation [x, h], as in TensorFlow's cell.
"""

import numpy as np


def forget_gate(x, h, w, b):
    H = h.shape[1]
    inp = np.concatenate([x, h], axis=1)
    Wf = w[:H]
    bf = b[:H]
    a = inp @ Wf.T + bf
    return 0.5 * (1 + np.tanh(a / 2))
