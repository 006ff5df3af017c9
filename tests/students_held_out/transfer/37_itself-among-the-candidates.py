"""exercise: info_nce
belief: The softmax runs over the whole row of likenesses.
teacher: i itself is not among its own candidates; its cosine of 1 is the largest of all, and it has to be left out.
"""

import numpy as np


def info_nce(z, pairs, temperature):
    N = len(z)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    logits = u @ u.T / temperature
    asks = np.concatenate([pairs[:, 0], pairs[:, 1]])
    partners = np.concatenate([pairs[:, 1], pairs[:, 0]])
    rows = logits[asks]
    rows = rows - rows.max(axis=1, keepdims=True)
    logp = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
    q = np.arange(len(asks))
    loss = -logp[q, partners].mean()
    g = np.exp(logp)
    g[q, partners] -= 1
    ds = np.zeros((N, N))
    np.add.at(ds, asks, g / (len(asks) * temperature))
    du = (ds + ds.T) @ u
    dz = (du - (du * u).sum(axis=1, keepdims=True) * u) / norms
    return float(loss), dz.astype(z.dtype)
