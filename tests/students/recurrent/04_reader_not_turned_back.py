"""exercise: deep_rnn
belief: The second reader's states are put beside the first's in the order in which it read.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Direction = tuple[Array, Array, Array]


def _rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    from_input = x @ u.T + b
    h, states = h0, np.empty_like(from_input)
    for t, a in enumerate(from_input):
        if starts is not None:
            h = np.where(starts[t][:, None], 0, h)
        h = np.tanh(a + h @ w.T)
        states[t] = h
    return states


def deep_rnn(x: Array, layers: list[list[Direction]]) -> Array:
    for layer in layers:
        outputs = []
        for (u, w, b), step in zip(layer, (1, -1)):
            h0 = np.zeros((x.shape[1], len(w)), x.dtype)
            outputs.append(_rnn_forward(x[::step], h0, u, w, b))
        x = np.concatenate(outputs, axis=-1)
    return x
