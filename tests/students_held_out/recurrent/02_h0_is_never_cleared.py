"""exercise: rnn_forward
belief: The first step always begins from h0; starts tells only where the carried state is cleared later on.
"""

import numpy as np


def rnn_forward(x, h0, u, w, b, starts=None):
    T, N, D = x.shape
    H = h0.shape[1]
    result = np.zeros((T, N, H), dtype=x.dtype)
    for n in range(N):
        for t in range(T):
            if t == 0:
                previous = h0[n]
            elif starts is not None and starts[t, n]:
                previous = np.zeros(H, dtype=x.dtype)
            else:
                previous = result[t - 1, n]
            result[t, n] = np.tanh(np.dot(u, x[t, n]) + np.dot(w, previous) + b)
    return result
