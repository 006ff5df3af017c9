"""exercise: lstm_peephole_step
belief: All three gates peep at the cell they find at the beginning of the step.
"""

import numpy as np


def lstm_peephole_step(x, h, c, w, b, p):
    H = h.shape[1]
    sigma = lambda v: 0.5 * (1 + np.tanh(0.5 * v))
    a = np.hstack((h, x)) @ w.T + b
    pf, pi, po = p

    f = sigma(a[:, :H] + pf * c)
    i = sigma(a[:, H : 2 * H] + pi * c)
    o = sigma(a[:, 3 * H :] + po * c)
    c_new = f * c + i * np.tanh(a[:, 2 * H : 3 * H])
    return o * np.tanh(c_new), c_new
