"""exercise: encoder_decoder
belief: Padding is read as a vector of zeros, so it does no harm.
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
        seen = table[words] * (words != -1)[:, None].astype(table.dtype)
        h = np.tanh(seen @ u.T + h @ w.T + b)
    table, u, w, b, v, c = decoder
    read = np.concatenate([np.full((1, target.shape[1]), start), target[:-1]])
    return _rnn_forward(table[read], h, u, w, b) @ v.T + c
