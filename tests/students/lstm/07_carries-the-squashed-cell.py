"""exercise: lstm_step
belief: The new cell state is squashed by tanh, and this squashed value is what the next step gets.
"""

import numpy as np


def lstm_step(x, h, c, w, b):
    H = c.shape[1]
    a = np.hstack([h, x]) @ w.T + b
    sig = lambda z: 0.5 * (1 + np.tanh(0.5 * z))
    f = sig(a[:, :H])
    i = sig(a[:, H : 2 * H])
    g = np.tanh(a[:, 2 * H : 3 * H])
    o = sig(a[:, 3 * H :])
    c_next = np.tanh(f * c + i * g)
    h_next = o * c_next
    return h_next, c_next
