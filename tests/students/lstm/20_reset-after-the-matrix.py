"""exercise: gru_step
belief: The reset gate multiplies the product of the candidate's matrix with h.
"""

import numpy as np


def gru_step(x, h, w, b):
    n = h.shape[1]
    s = lambda t: 0.5 * (1 + np.tanh(0.5 * t))
    hx = np.hstack([h, x])
    zr = s(hx @ w[: 2 * n].T + b[: 2 * n])
    z, r = zr[:, :n], zr[:, n:]
    from_h = h @ w[2 * n :, :n].T
    from_x = x @ w[2 * n :, n:].T + b[2 * n :]
    new = np.tanh(from_x + r * from_h)
    return (1 - z) * h + z * new
