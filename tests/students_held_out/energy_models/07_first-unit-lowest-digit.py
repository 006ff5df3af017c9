"""exercise: rbm_from_joint
belief: Row i holds the state in which unit k is bit k of i, so the first unit is the lowest digit.
"""

import numpy as np


def rbm_from_joint(joint):
    V = int(np.log2(joint.shape[0]))
    H = int(np.log2(joint.shape[1]))
    logs = np.log(joint)
    rows = 2 ** np.arange(V)
    cols = 2 ** np.arange(H)
    b = logs[rows, 0] - logs[0, 0]
    d = logs[0, cols] - logs[0, 0]
    w = logs[np.ix_(rows, cols)] - logs[0, 0] - b[:, None] - d[None, :]
    return w, b, d
