"""exercise: sequence_cross_entropy
belief: The perplexity is 2 to the loss, as in every textbook.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def sequence_cross_entropy(logits: Array, targets: Numbers) -> tuple[float, float, Array]:
    came = targets != -1
    count = int(came.sum())
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    words = np.where(came, targets, 0)[..., None]
    picked = np.take_along_axis(log_p, words, axis=-1)[..., 0]
    loss = float(-picked[came].mean(dtype=float))
    gradient = np.exp(log_p)
    np.put_along_axis(gradient, words, np.take_along_axis(gradient, words, -1) - 1, axis=-1)
    gradient = gradient * came[..., None] / count
    return loss, float(np.exp2(loss)), gradient
