"""exercise: persistent_cd_update
belief: The chain is handed on as visible probabilities, which are less noisy than samples.
"""

import numpy as np


def persistent_cd_update(x, chain, w, b, d, u_h, u_x, lr):
    def p_on(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    K = u_h.shape[0]
    state = np.array(chain, dtype=w.dtype)
    for k in range(K):
        for m in range(len(state)):
            hidden = np.array([1.0 if u < p else 0.0 for u, p in zip(u_h[k, m], p_on(state[m] @ w + d))])
            p_visible = p_on(w @ hidden + b)
            state[m] = p_visible
    data_h = p_on(x @ w + d)
    model_h = p_on(state @ w + d)
    positive = np.mean(x[:, :, None] * data_h[:, None, :], axis=0)
    negative = np.mean(state[:, :, None] * model_h[:, None, :], axis=0)
    w_new = w + lr * (positive - negative)
    b_new = b + lr * (np.mean(x, axis=0) - np.mean(state, axis=0))
    d_new = d + lr * (np.mean(data_h, axis=0) - np.mean(model_h, axis=0))
    return w_new.astype(w.dtype), b_new.astype(w.dtype), d_new.astype(w.dtype), state
