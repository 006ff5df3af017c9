"""exercise: attention_backward
belief: The derivative of the softmax is p (1 - p), as for the sigmoid, so dS = dP * P * (1 - P).
"""

import math

import numpy as np


def attention_backward(q, k, v, dout, mask=None):
    N, H, T, D = q.shape
    S = k.shape[2]
    dq = np.zeros_like(q)
    dk = np.zeros(k.shape, dtype=q.dtype)
    dv = np.zeros(v.shape, dtype=q.dtype)
    root = math.sqrt(D)
    for n in range(N):
        for h in range(H):
            for t in range(T):
                seen = np.arange(S) if mask is None else np.flatnonzero(mask[t])
                if seen.size == 0:
                    continue
                scores = k[n, h, seen] @ q[n, h, t] / root
                p = np.exp(scores - scores.max())
                p /= p.sum()
                dp = v[n, h, seen] @ dout[n, h, t]
                ds = dp * p * (1 - p)
                dv[n, h, seen] += np.outer(p, dout[n, h, t])
                dq[n, h, t] = ds @ k[n, h, seen] / root
                dk[n, h, seen] += np.outer(ds, q[n, h, t]) / root
    return dq, dk, dv
