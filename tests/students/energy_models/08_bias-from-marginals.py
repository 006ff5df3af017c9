"""exercise: rbm_from_joint
belief: The bias of a unit is the log odds of its being on, over all states of the others.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _binary_states(n: int) -> Array:
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    n_visible = int(np.log2(joint.shape[0]) + 0.5)
    n_hidden = int(np.log2(joint.shape[1]) + 0.5)
    log = np.log(joint)
    b = np.zeros(n_visible, joint.dtype)
    d = np.zeros(n_hidden, joint.dtype)
    w = np.zeros((n_visible, n_hidden), joint.dtype)
    for i in range(n_visible):
        on = _binary_states(n_visible)[:, i] == 1
        b[i] = np.log(joint[on].sum() / joint[~on].sum())
    for j in range(n_hidden):
        on = _binary_states(n_hidden)[:, j] == 1
        d[j] = np.log(joint[:, on].sum() / joint[:, ~on].sum())
    for i in range(n_visible):
        for j in range(n_hidden):
            r, c = 2 ** (n_visible - 1 - i), 2 ** (n_hidden - 1 - j)
            w[i, j] = log[r, c] + log[0, 0] - log[r, 0] - log[0, c]
    return w, b, d
