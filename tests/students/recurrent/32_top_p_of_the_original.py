"""exercise: sample_next
belief: top-p is taken of the model's probabilities; scaling comes once, at the end.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def sample_next(
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
