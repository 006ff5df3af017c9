"""exercise: lstm_peephole_step
belief: All three gates look at the cell state of the previous step.
"""

import numpy as np


def lstm_peephole_step(x, h, c, w, b, p):
    H = h.shape[1]
    a = np.hstack([h, x]) @ w.T + b
    a_f, a_i, a_g, a_o = np.split(a, 4, axis=1)

    def s(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    f = s(a_f + p[0] * c)
    i = s(a_i + p[1] * c)
    o = s(a_o + p[2] * c)
    g = np.tanh(a_g)

    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    return h_new, c_new
