"""exercise: diagnose_bptt
belief: The transposed W of the formula is delta @ W.T in code.
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


def diagnose_bptt(x: Array, h0: Array, u: Array, w: Array, b: Array, dhs: Array, dw: Array) -> str:
    hs = _rnn_forward(x, h0, u, w, b)
    before = np.concatenate([h0[None], hs[:-1]])

    def deltas(past=True, tanh=True, turned=False):
        found, later = [], 0.0
        for t in reversed(range(len(x))):
            delta = dhs[t] + later
            if tanh:
                delta = delta * (1 - hs[t] ** 2)
            found.insert(0, delta)
            if past:
                later = delta @ (w if turned else w.T)
        return found

    def total(found, states):
        return sum(delta.T @ h for delta, h in zip(found, states))

    suspects = {
        "right": total(deltas(), before),
        "not accumulated": deltas()[0].T @ before[0],
        "no past": total(deltas(past=False), before),
        "no tanh": total(deltas(tanh=False), before),
        "turned": total(deltas(turned=True), before),
        "new state": total(deltas(), hs),
    }
    for name, suspect in suspects.items():
        if np.abs(dw - suspect).max() <= 1e-4 * np.abs(suspect).max():
            return name
    return "unknown"
