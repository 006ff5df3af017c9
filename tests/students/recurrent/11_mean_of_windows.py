"""exercise: truncated_bptt
belief: The gradient is the mean of the windows' gradients.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _rnn_forward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, starts: NDArray[np.bool_] | None = None
) -> Array:
    steps, batch, _ = x.shape
    states = np.zeros((steps, batch, w.shape[0]), dtype=x.dtype)
    for n in range(batch):
        h = h0[n]
        for t in range(steps):
            if starts is not None and starts[t, n]:
                h = np.zeros_like(h)
            h = np.tanh(u @ x[t, n] + w @ h + b)
            states[t, n] = h
    return states


def _rnn_backward(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array
) -> tuple[Array, Array, Array, Array, Array]:
    hs = _rnn_forward(x, h0, u, w, b)
    dx = np.zeros_like(x)
    dh0, du, dw, db = np.zeros_like(h0), np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    for n in range(x.shape[1]):
        later = np.zeros_like(b)
        for t in reversed(range(x.shape[0])):
            before = h0[n] if t == 0 else hs[t - 1, n]
            delta = (dhs[t, n] + later) * (1 - hs[t, n] ** 2)
            du += np.outer(delta, x[t, n])
            dw += np.outer(delta, before)
            db += delta
            dx[t, n] = u.T @ delta
            later = w.T @ delta
        dh0[n] = later
    return dx, dh0, du, dw, db


def truncated_bptt(
    x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, k: int
) -> tuple[Array, Array, Array, Array]:
    du, dw, db = np.zeros_like(u), np.zeros_like(w), np.zeros_like(b)
    h = h0
    first = 0
    while first < len(x):
        window = slice(first, first + k)
        _, _, du_part, dw_part, db_part = _rnn_backward(x[window], h, u, w, b, dhs[window])
        du += du_part
        dw += dw_part
        db += db_part
        h = _rnn_forward(x[window], h, u, w, b)[-1]
        first += k
    windows = -(-len(x) // k)
    return du / windows, dw / windows, db / windows, h
