"""exercise: gru_step
belief: The reset gate scales what the matrix makes of h, r * (W h), which is the same as resetting h first.
"""

import numpy as np


def gru_step(x, h, w, b):
    H = h.shape[1]
    # split weights into the part for h and the part for x
    wh, wx = w[:, :H], w[:, H:]
    from_h = h @ wh.T
    from_x = x @ wx.T + b

    z = 0.5 * (1 + np.tanh(0.5 * (from_h[:, :H] + from_x[:, :H])))
    r = 0.5 * (1 + np.tanh(0.5 * (from_h[:, H : 2 * H] + from_x[:, H : 2 * H])))
    g = np.tanh(r * from_h[:, 2 * H :] + from_x[:, 2 * H :])
    return (1 - z) * h + z * g
