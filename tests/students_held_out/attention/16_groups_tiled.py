"""exercise: multi_head_attention
belief: With fewer groups than heads the groups are laid out again and again: heads 0, 1, 2, 3 read groups 0, 1, 0, 1.
"""

import math

import numpy as np


def multi_head_attention(x, context, wq, wk, wv, wo, heads, mask=None):
    N, T, _ = x.shape
    S = context.shape[1]
    K = wq.shape[0] // heads
    G = wk.shape[0] // K

    # project, then split into heads
    q = (x @ wq.T).reshape(N, T, heads, K).transpose(0, 2, 1, 3)
    k = (context @ wk.T).reshape(N, S, G, K).transpose(0, 2, 1, 3)
    v = (context @ wv.T).reshape(N, S, G, K).transpose(0, 2, 1, 3)
    k = np.tile(k, (1, heads // G, 1, 1))
    v = np.tile(v, (1, heads // G, 1, 1))

    att = q @ k.transpose(0, 1, 3, 2) / math.sqrt(K)
    if mask is not None:
        att = np.where(mask, att, -np.inf)
    peak = att.max(axis=-1, keepdims=True)
    att = np.exp(att - np.where(np.isfinite(peak), peak, 0))
    norm = att.sum(axis=-1, keepdims=True)
    att = att / np.where(norm > 0, norm, 1)

    y = (att @ v).transpose(0, 2, 1, 3).reshape(N, T, heads * K)
    return y @ wo.T
