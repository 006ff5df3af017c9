"""exercise: rbm_from_joint
belief: The weight of a pair is the logarithm of how much likelier both on is than both off.
"""

import numpy as np


def rbm_from_joint(joint):
    n_visible = joint.shape[0].bit_length() - 1
    n_hidden = joint.shape[1].bit_length() - 1
    w = np.zeros((n_visible, n_hidden), dtype=joint.dtype)
    b = np.zeros(n_visible, dtype=joint.dtype)
    d = np.zeros(n_hidden, dtype=joint.dtype)
    p_off = joint[0, 0]
    for i in range(n_visible):
        row = 1 << (n_visible - 1 - i)
        b[i] = np.log(joint[row, 0] / p_off)
    for j in range(n_hidden):
        col = 1 << (n_hidden - 1 - j)
        d[j] = np.log(joint[0, col] / p_off)
    for i in range(n_visible):
        for j in range(n_hidden):
            row = 1 << (n_visible - 1 - i)
            col = 1 << (n_hidden - 1 - j)
            w[i, j] = np.log(joint[row, col] / p_off)
    return w, b, d
