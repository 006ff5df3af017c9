"""exercise: next_token_loss
belief: The summed loss is divided by the number of positions, batch size times length.
"""

import numpy as np


def next_token_loss(logits, tokens):
    # cf. F.cross_entropy(logits[:, :-1].reshape(-1, V), tokens[:, 1:].reshape(-1), ignore_index=-1)
    V = logits.shape[-1]
    scores = logits[:, :-1].reshape(-1, V)
    target = tokens[:, 1:].reshape(-1)
    valid = target != -1
    n = tokens.size
    if not valid.any():
        return 0.0, np.zeros_like(logits)
    scores = scores - scores.max(1, keepdims=True)
    lse = np.log(np.exp(scores).sum(1, keepdims=True))
    logp = scores - lse
    loss = -(logp[np.arange(len(target)), target] * valid).sum() / n
    d = np.exp(logp)
    d[np.arange(len(target)), target] -= 1
    d *= valid[:, None]
    out = np.zeros_like(logits)
    out[:, :-1] = d.reshape(len(logits), -1, V) / int(n)
    return float(loss), out
