"""exercise: svrg_epoch
belief: The full gradient is the sum of all samples' gradients, because the loss adds them up.
"""

import numpy as np


def svrg_epoch(param, gradient, n, order, lr=0.01):
    w_tilde = np.array(param)
    full = np.zeros_like(w_tilde)
    for i in range(n):
        full = full + gradient(i, w_tilde)

    w = np.array(param)
    for i in order:
        g_now = gradient(i, w)
        g_then = gradient(i, w_tilde)
        w = w - lr * (g_now - g_then + full)
    return w.astype(param.dtype)
