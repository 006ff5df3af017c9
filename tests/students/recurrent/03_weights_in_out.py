"""exercise: rnn_forward
belief: A row of states is multiplied by W from the right as it stands, h @ W.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    T, N, _ = x.shape
    H = b.shape[0]
    hs = np.zeros((T, N, H), x.dtype)
    h = h0
    for t in range(T):
        if starts is not None:
            h = h * (1 - starts[t].astype(x.dtype))[:, None]
        h = np.tanh(x[t] @ u.T + h @ w + b)
        hs[t] = h
    return hs
