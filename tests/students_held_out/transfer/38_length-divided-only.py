"""exercise: info_nce
belief: Back through the normalization the gradient is divided by the length.
teacher: The length changes with z too: the part along z has to be taken off, so that each row is at a right angle to its z.
"""

import numpy as np


def info_nce(z, pairs, temperature):
    N = len(z)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    u = z / norms
    logits = u @ u.T / temperature
    np.fill_diagonal(logits, -np.inf)
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
    dz = du / norms
    return float(loss), dz.astype(z.dtype)
