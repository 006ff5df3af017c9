"""exercise: multi_head_attention
belief: The scores are divided by the root of the model's width, as d in the paper's formula is the size of the embedding.
"""

import math

import numpy as np


def multi_head_attention(x, context, wq, wk, wv, wo, heads, mask=None):
    P = wq.shape[0]
    K = P // heads
    G = wk.shape[0] // K
    R = heads // G
    N, T, S = len(x), x.shape[1], context.shape[1]
    q = np.einsum("ntd,pd->ntp", x, wq).reshape(N, T, G, R, K)
    k = np.einsum("nsc,pc->nsp", context, wk).reshape(N, S, G, K)
    v = np.einsum("nsc,pc->nsp", context, wv).reshape(N, S, G, K)
    s = np.einsum("ntgrk,nsgk->ngrts", q, k) / math.sqrt(P)
    seen = np.ones((T, S), bool) if mask is None else mask
    s = np.where(seen, s, np.finfo(x.dtype).min)
    p = np.exp(s - s.max(-1, keepdims=True)) * seen
    p = p / np.maximum(p.sum(-1, keepdims=True), np.finfo(x.dtype).tiny)
    o = np.einsum("ngrts,nsgk->ntgrk", p, v).reshape(N, T, P)
    return np.einsum("ntp,op->nto", o, wo).astype(x.dtype)
