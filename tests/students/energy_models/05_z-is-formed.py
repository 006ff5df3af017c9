"""exercise: rbm_joint
belief: Z is the sum of exp(-E), and its logarithm can be taken at the end.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _binary_states(n: int) -> Array:
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


def rbm_joint(w: Array, b: Array, d: Array) -> tuple[Array, float]:
    visible, hidden = _binary_states(len(b)), _binary_states(len(d))
    minus = np.empty((len(visible), len(hidden)))
    for i, x in enumerate(visible):
        for j, h in enumerate(hidden):
            minus[i, j] = x @ w @ h + b @ x + d @ h
    unnormalised = np.exp(minus)
    z = unnormalised.sum()
    return (unnormalised / z).astype(w.dtype), float(np.log(z))
