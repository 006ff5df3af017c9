"""exercise: encoder_decoder
belief: Teacher forcing means that at step t the decoder is given target t.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


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


def encoder_decoder(
    source: Numbers,
    target: Numbers,
    start: int,
    encoder: tuple[Array, Array, Array, Array],
    decoder: tuple[Array, Array, Array, Array, Array, Array],
) -> Array:
    table, u, w, b = encoder
    h = np.zeros((source.shape[1], len(w)), w.dtype)
    for words in source:
        new = np.tanh(table[words] @ u.T + h @ w.T + b)
        h = np.where((words == -1)[:, None], h, new)
    table, u, w, b, v, c = decoder
    h = np.tanh(table[np.full(target.shape[1], start)] @ u.T + h @ w.T + b)
    return _rnn_forward(table[target], h, u, w, b) @ v.T + c
