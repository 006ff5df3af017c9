"""exercise: persistent_cd_update
belief: Each of the k steps is a try from the chain's given state; the last one counts.
"""

import numpy as np


def persistent_cd_update(x, chain, w, b, d, u_h, u_x, lr):
    up = logistic(x @ w + d)
    for k in range(len(u_h)):
        h = (u_h[k] < logistic(chain @ w + d)) * 1.0
        state = (u_x[k] < logistic(h @ w.T + b)) * 1.0
    down = logistic(state @ w + d)
    w_new = w + lr * (x.T @ up / len(x) - state.T @ down / len(state))
    b_new = b + lr * (x.mean(axis=0) - state.mean(axis=0))
    d_new = d + lr * (up.mean(axis=0) - down.mean(axis=0))
    return tuple(a.astype(w.dtype) for a in (w_new, b_new, d_new, state))
