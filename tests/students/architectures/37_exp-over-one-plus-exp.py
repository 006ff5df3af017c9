"""exercise: squeeze_excite
belief: The sigmoid is exp(z) / (1 + exp(z)).
teacher: At z = 1000 that is inf / inf, NaN; use exp of -|z| only.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def squeeze_excite(x: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, Array]:
    summary = x.mean(axis=(2, 3))
    z = np.maximum(0, summary @ w1.T + b1) @ w2.T + b2
    gates = np.exp(z) / (1 + np.exp(z))
    return x * gates[:, :, None, None], gates
