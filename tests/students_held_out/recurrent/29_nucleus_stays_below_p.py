"""exercise: sample_next
belief: Top-p keeps the likeliest words as long as their sum is at most p.
"""

import numpy as np


def sample_next(logits, temperature, u, top_k=0, top_p=1.0):
    N, K = logits.shape
    if temperature == 0:
        return logits.argmax(axis=1)
    z = logits.astype(float)
    z = (z - z.max(axis=1, keepdims=True)) / temperature
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    chosen = np.zeros(N, dtype=int)
    for n in range(N):
        order = np.argsort(-p[n], kind="stable")
        if top_k > 0:
            order = order[:top_k]
        q = p[n, order] / p[n, order].sum()
        if top_p < 1:
            cumulative = np.cumsum(q)
            keep = cumulative <= top_p + 1e-12
            keep[0] = True
            order = order[keep]
        left = np.sort(order)
        edges = np.cumsum(p[n, left]) / p[n, left].sum()
        chosen[n] = left[min(int(np.searchsorted(edges, u[n], side="right")), len(left) - 1)]
    return chosen
