"""exercise: next_token_loss
belief: The gradient of cross-entropy is softmax minus one-hot, whatever is averaged.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def next_token_loss(logits: Array, tokens: NDArray[np.integer]) -> tuple[float, Array]:
    labels = np.full(tokens.shape, -1)
    labels[:, :-1] = tokens[:, 1:]
    known = labels >= 0
    number = known.sum()
    if number == 0:
        return 0.0, np.zeros_like(logits)
    shifted = logits - logits.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.nonzero(known)
    loss = -log_p[n, t, labels[n, t]].mean()
    d = np.exp(log_p) * known[:, :, None]
    d[n, t, labels[n, t]] -= 1
    return float(loss), d.astype(logits.dtype)
