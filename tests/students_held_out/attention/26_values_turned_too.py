"""exercise: kv_cache_step
belief: Position has to be written into everything that goes into the cache, so the new value is turned like the key.
"""

import math

import numpy as np


def kv_cache_step(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    N, G, S, K = keys.shape

    def rope(a, pos):
        d = a.shape[-1]
        ang = pos * base ** (-np.arange(0, d, 2) / d)
        c, s = np.cos(ang).astype(x.dtype), np.sin(ang).astype(x.dtype)
        b = np.empty_like(a)
        b[..., ::2] = a[..., ::2] * c - a[..., 1::2] * s
        b[..., 1::2] = a[..., ::2] * s + a[..., 1::2] * c
        return b

    q = rope((x @ wq.T).reshape(N, heads, K), S)
    k = rope((x @ wk.T).reshape(N, G, K), S)
    v = (x @ wv.T).reshape(N, G, K)
    v = rope(v, S)
    keys = np.concatenate([keys, k[:, :, None]], axis=2)
    values = np.concatenate([values, v[:, :, None]], axis=2)
    big_k = np.repeat(keys, heads // G, axis=1)
    big_v = np.repeat(values, heads // G, axis=1)
    att = np.einsum("nhk,nhsk->nhs", q, big_k) / math.sqrt(K)
    att = np.exp(att - att.max(-1, keepdims=True))
    att /= att.sum(-1, keepdims=True)
    y = np.einsum("nhs,nhsk->nhk", att, big_v).reshape(N, heads * K) @ wo.T
    return y, keys, values
