"""exercise: multi_head_backward
belief: A key that several heads share gets the mean of the heads' gradients, or else it would learn too fast.
"""

import math

import numpy as np


def multi_head_backward(x, context, wq, wk, wv, wo, heads, dout, mask=None):
    N, T, D = x.shape
    S = context.shape[1]
    P = wq.shape[0]
    K = P // heads
    G = wk.shape[0] // K
    rep = heads // G

    def split(a, n):
        return a.reshape(N, -1, n, K).transpose(0, 2, 1, 3)

    def merge(a):
        return a.transpose(0, 2, 1, 3).reshape(N, a.shape[2], -1)

    def flat(a):
        return a.reshape(-1, a.shape[-1])

    q = split(x @ wq.T, heads)
    k = split(context @ wk.T, G).repeat(rep, axis=1)
    v = split(context @ wv.T, G).repeat(rep, axis=1)
    s = q @ k.swapaxes(-1, -2) / math.sqrt(K)
    if mask is not None:
        s = np.where(mask, s, -np.inf)
    m = s.max(-1, keepdims=True)
    e = np.exp(s - np.where(np.isfinite(m), m, 0))
    tot = e.sum(-1, keepdims=True)
    p = e / np.where(tot > 0, tot, 1)
    mixed = merge(p @ v)

    dwo = flat(dout).T @ flat(mixed)
    do = split(dout @ wo, heads)
    dv = p.swapaxes(-1, -2) @ do
    dp = do @ v.swapaxes(-1, -2)
    ds = p * (dp - (p * dp).sum(-1, keepdims=True)) / math.sqrt(K)
    dq = merge(ds @ k)
    dk = ds.swapaxes(-1, -2) @ q
    dk = merge(dk.reshape(N, G, rep, S, K).mean(axis=2))
    dv = merge(dv.reshape(N, G, rep, S, K).mean(axis=2))
    dx = dq @ wq
    dcontext = dk @ wk + dv @ wv
    dwq = flat(dq).T @ flat(x)
    dwk = flat(dk).T @ flat(context)
    dwv = flat(dv).T @ flat(context)
    return dx, dcontext, dwq, dwk, dwv, dwo
