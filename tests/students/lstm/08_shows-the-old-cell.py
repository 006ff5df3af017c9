"""exercise: lstm_step
belief: The output gate shows the cell as it was when the step began.
"""

import numpy as np


def sgm(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm_step(x, h, c, w, b):
    xh = np.c_[h, x]
    Wf, Wi, Wc, Wo = w.reshape(4, -1, w.shape[1])
    bf, bi, bc, bo = b.reshape(4, -1)

    ft = sgm(xh @ Wf.T + bf)
    it = sgm(xh @ Wi.T + bi)
    ct_tilde = np.tanh(xh @ Wc.T + bc)
    ot = sgm(xh @ Wo.T + bo)

    ht = ot * np.tanh(c)
    ct = ft * c + it * ct_tilde
    return ht, ct
