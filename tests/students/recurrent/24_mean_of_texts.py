"""exercise: sequence_cross_entropy
belief: The loss is the mean over the texts of each text's mean loss.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Numbers = NDArray[np.integer]


def sequence_cross_entropy(logits: Array, targets: Numbers) -> tuple[float, float, Array]:
    steps, batch, _ = logits.shape
    gradient = np.zeros_like(logits)
    total = 0.0
    for t in range(steps):
        for n in range(batch):
            length = np.count_nonzero(targets[:, n] != -1)
            word = targets[t, n]
            if word == -1:
                continue
            o = logits[t, n] - logits[t, n].max()
            p = np.exp(o) / np.exp(o).sum()
            total += float(np.log(np.exp(o).sum()) - o[word]) / length
            gradient[t, n] = p
            gradient[t, n, word] -= 1
            gradient[t, n] /= length
    texts = int(np.count_nonzero((targets != -1).any(axis=0)))
    loss = total / texts
    return loss, float(np.exp(loss)), gradient / texts
