"""exercise: next_token_loss
belief: The logits at position t belong to token t, so each position is scored against the token that stands there.
"""

import numpy as np


def next_token_loss(logits, tokens):
    N, T, V = logits.shape
    dlogits = np.zeros(logits.shape, dtype=logits.dtype)
    total = 0.0
    count = 0
    for n in range(N):
        for t in range(T - 0):
            label = tokens[n, t]
            if label == -1:
                continue
            row = logits[n, t].astype(float)
            row = row - row.max()
            e = np.exp(row)
            p = e / e.sum()
            total += np.log(e.sum()) - row[label]
            p[label] -= 1
            dlogits[n, t] = p
            count += 1
    if count == 0:
        return 0.0, dlogits
    return float(total / count), (dlogits / count).astype(logits.dtype)
