"""exercise: rnn_forward
belief: starts marks the last step of a text, so the state is set to zero after that step.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    from_input = x @ u.T + b
    h, states = h0, np.empty_like(from_input)
    for t, a in enumerate(from_input):
        h = np.tanh(a + h @ w.T)
        states[t] = h
        if starts is not None:
            h = np.where(starts[t][:, None], 0, h)
    return states
