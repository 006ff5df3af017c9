"""exercise: diagnose_update
belief: The weights are where learning happens, so it is enough to compare W.
"""

import numpy as np


def diagnose_update(x, before, after, u_h, u_x, lr, tol=1e-4):
    w, b, d = before
    sig = lambda z: np.exp(-np.logaddexp(0.0, -z))
    N = x.shape[0]

    def update(kind):
        hat = sig(x @ w + d)
        h = np.where(u_h < hat, 1.0, 0.0)
        if kind == "unsampled":
            xt = np.where(u_x < sig(hat @ w.T + b), 1.0, 0.0)
        else:
            xt = np.where(u_x < sig(h @ w.T + b), 1.0, 0.0)
        ht = sig(xt @ w + d)
        first = h if kind == "sampled" else hat
        gw = np.zeros_like(w, dtype=float)
        gb = np.zeros_like(b, dtype=float)
        gd = np.zeros_like(d, dtype=float)
        for n in range(N):
            gw += np.outer(x[n], first[n]) - np.outer(xt[n], ht[n])
            gb += x[n] - xt[n]
            gd += first[n] - ht[n]
        scale = lr if kind == "summed" else lr / N
        if kind == "reversed":
            scale = -scale
        if kind == "frozen":
            gb[:] = 0
            gd[:] = 0
        return w + scale * gw, b + scale * gb, d + scale * gd

    for kind in ["right", "reversed", "frozen", "summed", "sampled", "unsampled"]:
        W, B, D = update(kind)
        if np.abs(W - after[0]).max() > tol:
            continue
        return kind
    return "unknown"
