"""exercise: info_nce
belief: The softmax runs over the whole row of likenesses.
teacher: i itself is not among its own candidates: its cosine is 1 and would take the largest share.
"""

import numpy as np


def info_nce(z, pairs, temperature):
    N, P = len(z), len(pairs)
    length = np.linalg.norm(z, axis=1, keepdims=True)
    unit = z / length
    s = unit @ unit.T / temperature
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    asked = np.zeros((N, N))
    np.add.at(asked, (pairs[:, 0], pairs[:, 1]), 1)
    asked = asked + asked.T
    loss = -np.sum(log_p[asked > 0] * asked[asked > 0]) / (2 * P)
    ds = (asked.sum(axis=1, keepdims=True) * np.exp(log_p) - asked) / (2 * P)
    du = (ds + ds.T) @ unit / temperature
    dz = (du - (du * unit).sum(axis=1, keepdims=True) * unit) / length
    return float(loss), dz.astype(z.dtype)
