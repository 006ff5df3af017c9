"""exercise: rbm_joint
belief: Unit i is bit i of the number of the state, so the first unit is the lowest digit.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rbm_joint(w: Array, b: Array, d: Array) -> tuple[Array, float]:
    visible = np.array([[i >> k & 1 for k in range(len(b))] for i in range(2 ** len(b))])
    hidden = np.array([[j >> k & 1 for k in range(len(d))] for j in range(2 ** len(d))])
    minus = np.empty((len(visible), len(hidden)))
    for i, x in enumerate(visible):
        for j, h in enumerate(hidden):
            minus[i, j] = x @ w @ h + b @ x + d @ h
    largest = minus.max()
    log_z = float(largest + np.log(np.exp(minus - largest).sum()))
    return np.exp(minus - log_z).astype(w.dtype), log_z
