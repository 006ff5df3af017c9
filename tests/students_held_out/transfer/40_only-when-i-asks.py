"""exercise: info_nce
belief: The gradient of u_i comes from the questions that i asks.
teacher: s_ik also appears when k asks: i moves the answers of all others, so the matrix of derivatives and its transpose are added.
"""

import numpy as np


def info_nce(z, pairs, temperature):
    length = np.sqrt(np.square(z).sum(1))[:, None]
    u = z / length
    sim = u @ u.T / temperature
    off = ~np.eye(len(z), dtype=bool)
    top = np.max(np.where(off, sim, -np.inf), axis=1, keepdims=True)
    e = np.exp(np.minimum(sim - top, 0)) * off
    prob = e / e.sum(1, keepdims=True)
    lse = top[:, 0] + np.log(e.sum(1))
    hits = np.zeros_like(sim)
    np.add.at(hits, (pairs[:, 0], pairs[:, 1]), 1)
    hits = hits + hits.T
    count = hits.sum(1)
    m = 2 * len(pairs)
    loss = (count @ lse - (hits * sim).sum()) / m
    g = (count[:, None] * prob - hits) / (m * temperature)
    du = g @ u
    dz = (du - u * (u * du).sum(1, keepdims=True)) / length
    return float(loss), dz.astype(z.dtype)
