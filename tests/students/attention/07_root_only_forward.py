"""exercise: attention_backward
belief: The root scales the scores in the forward pass only; backwards there is nothing to do, because it is a constant.
"""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def attention_backward(
    q: Array, k: Array, v: Array, dout: Array, mask: NDArray[np.bool_] | None = None
) -> tuple[Array, Array, Array]:
    root = math.sqrt(q.shape[3])
    dq, dk, dv = np.zeros_like(q), np.zeros(k.shape, q.dtype), np.zeros(v.shape, q.dtype)
    for n in range(q.shape[0]):
        for h in range(q.shape[1]):
            for t in range(q.shape[2]):
                if mask is None:
                    seen = np.ones(k.shape[2], dtype=bool)
                else:
                    seen = mask[t]
                if not seen.any():
                    continue
                scores = k[n, h] @ q[n, h, t] / root
                p = np.zeros_like(scores)
                p[seen] = np.exp(scores[seen] - scores[seen].max())
                p /= p.sum()
                dv[n, h] += np.outer(p, dout[n, h, t])
                dp = v[n, h] @ dout[n, h, t]
                ds = p * (dp - np.sum(p * dp))
                dq[n, h, t] += ds @ k[n, h]
                dk[n, h] += np.outer(ds, q[n, h, t])
    return dq, dk, dv
