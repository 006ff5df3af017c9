"""exercise: rbm_from_joint
belief: The weight is how much likelier both units on are than both off, in logarithms.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    rows, columns = joint.shape
    V, H = rows.bit_length() - 1, columns.bit_length() - 1
    log = np.log(joint) - np.log(joint[0, 0])
    i = 2 ** np.arange(V)[::-1]
    j = 2 ** np.arange(H)[::-1]
    b, d = log[i, 0], log[0, j]
    w = log[np.ix_(i, j)]
    return w, b, d
