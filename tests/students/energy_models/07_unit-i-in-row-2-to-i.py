"""exercise: rbm_from_joint
belief: The state in which only unit i is on is row 2**i.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    rows, columns = joint.shape
    V, H = rows.bit_length() - 1, columns.bit_length() - 1
    log = np.log(joint) - np.log(joint[0, 0])
    i = 2 ** np.arange(V)
    j = 2 ** np.arange(H)
    b, d = log[i, 0], log[0, j]
    w = log[np.ix_(i, j)] - b[:, None] - d
    return w, b, d
