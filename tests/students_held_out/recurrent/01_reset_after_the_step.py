"""exercise: rnn_forward
belief: Where a text starts the state is set to zero at that step, after it has been computed.
"""

import numpy as np


def rnn_forward(x, h0, u, w, b, starts=None):
    h, hs = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ u.T + h @ w.T + b)
        if starts is not None:
            h = np.where(starts[t][:, None], 0, h)
        hs.append(h)
    return np.stack(hs).astype(x.dtype)
