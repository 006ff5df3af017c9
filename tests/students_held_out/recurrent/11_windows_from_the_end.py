"""exercise: truncated_bptt
belief: Going backwards, the gradient is cut after every k steps, counted from the last one.
"""

import numpy as np


def truncated_bptt(x, h0, u, w, b, dhs, k):
    T = x.shape[0]
    all_h = np.zeros((T + 1,) + h0.shape, dtype=x.dtype)
    all_h[0] = h0
    for t in range(T):
        all_h[t + 1] = np.tanh(np.matmul(x[t], u.T) + np.matmul(all_h[t], w.T) + b)
    du = np.zeros(u.shape, dtype=x.dtype)
    dw = np.zeros(w.shape, dtype=x.dtype)
    db = np.zeros(b.shape, dtype=x.dtype)
    from_later = np.zeros(h0.shape, dtype=x.dtype)
    t = T - 1
    while t >= 0:
        last_of_window = (T - 1 - t) % k == 0
        if last_of_window:
            from_later = np.zeros(h0.shape, dtype=x.dtype)
        delta = (dhs[t] + from_later) * (1 - all_h[t + 1] * all_h[t + 1])
        du = du + np.matmul(delta.T, x[t])
        dw = dw + np.matmul(delta.T, all_h[t])
        db = db + np.sum(delta, axis=0)
        from_later = np.matmul(delta, w)
        t = t - 1
    return du, dw, db, all_h[T]
