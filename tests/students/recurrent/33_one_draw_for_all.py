"""exercise: generate
belief: One draw for each step is enough, all texts are compared with the same number.
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


def _sample_next(
    logits: Array, temperature: float, u: Array, top_k: int = 0, top_p: float = 1.0
) -> Numbers:
    o = logits.astype(float)
    if temperature == 0:
        return o.argmax(axis=1)
    K = o.shape[1]
    order = np.argsort(-o, axis=1, kind="stable")
    p = np.exp((o - o.max(axis=1, keepdims=True)) / temperature)
    p /= p.sum(axis=1, keepdims=True)
    down = np.take_along_axis(p, order, axis=1)
    if top_k > 0:
        down[:, top_k:] = 0
        down /= down.sum(axis=1, keepdims=True)
    if top_p < 1:
        before = np.cumsum(down, axis=1) - down
        down[before >= top_p] = 0
        down /= down.sum(axis=1, keepdims=True)
    p = np.zeros_like(p)
    np.put_along_axis(p, order, down, axis=1)
    ends = np.cumsum(p, axis=1)
    word = (ends <= u[:, None]).sum(axis=1)
    last = K - 1 - np.argmax(p[:, ::-1] > 0, axis=1)
    return np.minimum(word, last)


def generate(
    first: Numbers,
    steps: int,
    model: tuple[Array, Array, Array, Array, Array, Array],
    temperature: float,
    rng: np.random.Generator,
) -> Numbers:
    table, u, w, b, v, c = model
    h = np.zeros((len(first), len(w)), w.dtype)
    written = np.empty((steps, len(first)), dtype=int)
    word = np.asarray(first)
    for t in range(steps):
        h = _rnn_forward(table[word][None], h, u, w, b)[0]
        word = _sample_next(h @ v.T + c, temperature, np.full(len(first), rng.random()))
        written[t] = word
    return written
