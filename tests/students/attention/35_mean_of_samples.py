"""exercise: next_token_loss
belief: The loss of the batch is the mean of the losses of its texts.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def next_token_loss(logits: Array, tokens: NDArray[np.integer]) -> tuple[float, Array]:
    dlogits = np.zeros_like(logits)
    samples, length, _ = logits.shape
    loss, texts = 0.0, 0
    for n in range(samples):
        labels = np.count_nonzero(tokens[n, 1:] != -1)
        if labels == 0:
            continue
        texts += 1
        for t in range(length - 1):
            label = tokens[n, t + 1]
            if label == -1:
                continue
            shifted = logits[n, t] - logits[n, t].max()
            log_total = np.log(np.sum(np.exp(shifted)))
            loss += float(log_total - shifted[label]) / labels
            dlogits[n, t] = np.exp(shifted - log_total)
            dlogits[n, t, label] -= 1
            dlogits[n, t] /= labels
    if texts == 0:
        return 0.0, dlogits
    return loss / texts, dlogits / texts
