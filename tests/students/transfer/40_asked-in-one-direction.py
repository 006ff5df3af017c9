"""exercise: info_nce
belief: Each pair is one question: i looks for j.
teacher: Every pair is asked in both directions, and the mean is over 2P.
"""

import numpy as np


def info_nce(z, pairs, temperature):
    N, P = len(z), len(pairs)
    length = np.linalg.norm(z, axis=1, keepdims=True)
    unit = z / length
    s = unit @ unit.T / temperature
    np.fill_diagonal(s, -np.inf)
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    asked = np.zeros((N, N))
    np.add.at(asked, (pairs[:, 0], pairs[:, 1]), 1)
    loss = -np.sum(log_p[asked > 0] * asked[asked > 0]) / P
    ds = (asked.sum(axis=1, keepdims=True) * np.exp(log_p) - asked) / P
    du = (ds + ds.T) @ unit / temperature
    dz = (du - (du * unit).sum(axis=1, keepdims=True) * unit) / length
    return float(loss), dz.astype(z.dtype)
