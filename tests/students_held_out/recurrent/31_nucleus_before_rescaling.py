"""exercise: sample_next
belief: Top-p looks at the probabilities of the softmax; what top-k has removed is simply missing from the sum.
"""

import numpy as np


def sample_next(logits, temperature, u, top_k=0, top_p=1.0):
    # cf. top_k_top_p_filtering in huggingface/transformers
    if temperature == 0:
        return np.argmax(logits, axis=-1)
    z = np.asarray(logits, dtype=np.float64)
    p = np.exp((z - z.max(-1, keepdims=True)) / temperature)
    p = p / p.sum(-1, keepdims=True)
    rank = np.argsort(np.argsort(-p, axis=-1, kind="stable"), axis=-1)
    if top_k:
        p = np.where(rank < top_k, p, 0)
    if top_p < 1:
        order = np.argsort(-p, axis=-1, kind="stable")
        s = np.take_along_axis(p, order, -1)
        before = np.cumsum(s, -1) - s
        s = np.where(before < top_p - 1e-12, s, 0)
        np.put_along_axis(p, order, s, -1)
    cdf = np.cumsum(p, -1)
    total = cdf[:, -1:]
    return np.minimum((cdf <= np.asarray(u)[:, None] * total).sum(-1), p.shape[-1] - 1)
