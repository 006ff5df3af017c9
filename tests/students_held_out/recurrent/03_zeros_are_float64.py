"""exercise: rnn_forward
belief: An array of zeros takes over the dtype of what is written into it.
"""

import numpy as np


def rnn_forward(x, h0, u, w, b, starts=None):
    # like torch.nn.RNN, but with one bias
    keep = np.ones(x.shape[:2]) if starts is None else 1.0 - starts
    xu = np.einsum("tnd,hd->tnh", x, u) + b
    out = np.zeros(xu.shape)
    h = h0
    for t, k in enumerate(keep):
        h = np.tanh(xu[t] + (h * k[:, None]) @ w.T)
        out[t] = h
    return out
