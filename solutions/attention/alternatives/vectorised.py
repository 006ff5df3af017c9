"""The chapter on attention, written with whole arrays, and helpers of its own."""

# %%
import math

import numpy as np


# %%
def layer_norm(x, gamma, beta):
    axis = {"axis": 2, "keepdims": True}
    away = x - np.mean(x, **axis)
    spread = np.sqrt(np.square(away).mean(**axis) + x.dtype.type(1e-5))
    return gamma * (away / spread) + beta


# %%
def layer_norm_gradients(dy, x, gamma):
    hat = layer_norm(x, np.ones_like(gamma), np.zeros_like(gamma))
    down, axis = dy * gamma, {"axis": 2, "keepdims": True}
    spread = np.sqrt(np.square(x - np.mean(x, **axis)).mean(**axis) + x.dtype.type(1e-5))
    dx = (down - np.mean(down, **axis) - np.mean(down * hat, **axis) * hat) / spread
    return dx, np.einsum("ntd,ntd->d", dy, hat), np.einsum("ntd->d", dy)


# %%
def gelu(z):
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)
    return 0.5 * z * (1 + np.tanh(inner))


# %%
def gelu_derivative(z):
    t = np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z * z)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * inner


# %%
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isneginf(top), 0, top)
    e = np.exp(scores - top)
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1, total)
    return (weights @ v).astype(q.dtype)


# %%
def causal_mask(queries, keys, window=None):
    query = np.arange(keys - queries, keys)[:, None]
    key = np.arange(keys)[None, :]
    seen = key <= query
    if window is not None:
        seen &= key > query - window
    return seen


# %%
def attention_backward(q, k, v, dout, mask=None):
    root = math.sqrt(q.shape[-1])
    scores = q @ k.swapaxes(-1, -2) / root
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = e.sum(axis=-1, keepdims=True)
    p = e / np.where(total == 0, 1, total)
    dv = p.swapaxes(-1, -2) @ dout
    dp = dout @ v.swapaxes(-1, -2)
    ds = p * (dp - np.sum(p * dp, axis=-1, keepdims=True))
    dq = ds @ k / root
    dk = ds.swapaxes(-1, -2) @ q / root
    return dq, dk, dv


# %%
def which_attention(weights):
    length = weights.shape[1]
    seen = np.tril(np.ones((length, length), dtype=bool))
    past = np.tril(np.ones((length, length), dtype=bool), -1)

    def ones(sums):
        return np.allclose(sums, 1, rtol=0, atol=1e-3)

    if np.any(weights[:, ~seen] > 0):
        if np.any(weights[:, past] > 0):
            return "no mask"
        return "mask turned round"
    if not np.any(np.diagonal(weights, axis1=1, axis2=2)):
        return "mask hides itself"
    if ones(weights.sum(axis=2)):
        return "right"
    if ones(weights.sum(axis=1)):
        return "softmax over queries"
    if ones(weights.sum(axis=0)[seen]):
        return "softmax over heads"
    return "mask after softmax"


# %%
def online_softmax(top, total, out, scores, v):
    new_top = np.maximum(top, scores.max(axis=1))
    safe = np.where(np.isneginf(new_top), 0, new_top)
    factor = np.exp(top - safe)
    e = np.exp(scores - safe[:, None])
    new_total = factor * total + e.sum(axis=1)
    new_out = factor[:, None] * out + e @ v
    dtype = scores.dtype
    return new_top.astype(dtype), new_total.astype(dtype), new_out.astype(dtype)


# %%
def multi_head_attention(x, context, wq, wk, wv, wo, heads, mask=None):
    K = wq.shape[0] // heads

    def split(z):
        return z.reshape(z.shape[0], z.shape[1], -1, K).transpose(0, 2, 1, 3)

    q, k, v = split(x @ wq.T), split(context @ wk.T), split(context @ wv.T)
    share = heads // k.shape[1]
    k = np.repeat(k, share, axis=1)
    v = np.repeat(v, share, axis=1)
    out = scaled_dot_product_attention(q, k, v, mask)
    joined = out.transpose(0, 2, 1, 3).reshape(x.shape[0], x.shape[1], -1)
    return joined @ wo.T


# %%
def multi_head_backward(x, context, wq, wk, wv, wo, heads, dout, mask=None):
    K = wq.shape[0] // heads

    def split(z):
        return z.reshape(z.shape[0], z.shape[1], -1, K).transpose(0, 2, 1, 3)

    def join(z):
        return z.transpose(0, 2, 1, 3).reshape(z.shape[0], z.shape[2], -1)

    q, k, v = split(x @ wq.T), split(context @ wk.T), split(context @ wv.T)
    groups = k.shape[1]
    share = heads // groups
    k_all, v_all = np.repeat(k, share, axis=1), np.repeat(v, share, axis=1)
    joined = join(scaled_dot_product_attention(q, k_all, v_all, mask))

    dwo = np.einsum("nto,ntp->op", dout, joined)
    dheads = split(dout @ wo)
    dq, dk, dv = attention_backward(q, k_all, v_all, dheads, mask)
    shape = (k.shape[0], groups, share, k.shape[2], K)
    dk = dk.reshape(shape).sum(axis=2)
    dv = dv.reshape(shape).sum(axis=2)
    dq, dk, dv = join(dq), join(dk), join(dv)
    dwq = np.einsum("ntp,ntd->pd", dq, x)
    dwk = np.einsum("nsr,nsc->rc", dk, context)
    dwv = np.einsum("nsr,nsc->rc", dv, context)
    return dq @ wq, dk @ wk + dv @ wv, dwq, dwk, dwv, dwo


# %%
def rotary_positions(x, positions, base=10000.0):
    D = x.shape[-1]
    theta = base ** (-np.arange(0, D, 2) / D)
    angle = np.asarray(positions)[:, None] * theta
    cos, sin = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    y = np.empty_like(x)
    y[..., 0::2] = even * cos - odd * sin
    y[..., 1::2] = even * sin + odd * cos
    return y


# %%
def kv_cache_step(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    N = x.shape[0]
    G, S, K = keys.shape[1:]
    position = np.array([S])
    q = (x @ wq.T).reshape(N, heads, 1, K)
    k = (x @ wk.T).reshape(N, G, 1, K)
    v = (x @ wv.T).reshape(N, G, 1, K)
    q = rotary_positions(q, position, base)
    k = rotary_positions(k, position, base)
    keys = np.concatenate([keys, k], axis=2)
    values = np.concatenate([values, v], axis=2)
    share = heads // G
    out = scaled_dot_product_attention(
        q, np.repeat(keys, share, axis=1), np.repeat(values, share, axis=1)
    )
    y = out.reshape(N, -1) @ wo.T
    return y, keys, values


# %%
def transformer_block(x, weights, heads, mask=None):
    g1, be1, wq, wk, wv, wo, g2, be2, w1, b1, w2, b2 = weights
    n1 = layer_norm(x, g1, be1)
    h = x + multi_head_attention(n1, n1, wq, wk, wv, wo, heads, mask)
    n2 = layer_norm(h, g2, be2)
    return h + gelu(n2 @ w1.T + b1) @ w2.T + b2


# %%
def block_backward(x, weights, heads, dy, mask=None):
    g1, be1, wq, wk, wv, wo, g2, be2, w1, b1, w2, _ = weights
    n1 = layer_norm(x, g1, be1)
    h = x + multi_head_attention(n1, n1, wq, wk, wv, wo, heads, mask)
    n2 = layer_norm(h, g2, be2)
    z = n2 @ w1.T + b1
    a = gelu(z)
    db2 = dy.sum(axis=(0, 1))
    dw2 = np.einsum("ntd,ntf->df", dy, a)
    dz = (dy @ w2) * gelu_derivative(z)
    db1 = dz.sum(axis=(0, 1))
    dw1 = np.einsum("ntf,ntd->fd", dz, n2)
    dbranch, dg2, dbe2 = layer_norm_gradients(dz @ w1, h, g2)
    dh = dy + dbranch
    dq_side, dkv_side, dwq, dwk, dwv, dwo = multi_head_backward(
        n1, n1, wq, wk, wv, wo, heads, dh, mask
    )
    dbranch, dg1, dbe1 = layer_norm_gradients(dq_side + dkv_side, x, g1)
    dx = dh + dbranch
    return dx, (dg1, dbe1, dwq, dwk, dwv, dwo, dg2, dbe2, dw1, db1, dw2, db2)


# %%
def byte_pair_encode(train, count, text):
    def places(seq, a, b):
        hits = np.flatnonzero((seq[:-1] == a) & (seq[1:] == b))
        if a != b or len(hits) == 0:
            return hits
        # in a run of equal tokens only every second hit counts
        start = np.maximum.accumulate(
            np.where(np.diff(hits, prepend=-2) > 1, np.arange(len(hits)), 0)
        )
        return hits[(np.arange(len(hits)) - start) % 2 == 0]

    def merge(seq, a, b, new):
        at = places(seq, a, b)
        seq = seq.copy()
        seq[at] = new
        return np.delete(seq, at + 1)

    corpus = np.array(train, dtype=np.int64)
    merges = []
    while len(merges) < count and len(corpus) > 1:
        pairs, first = np.unique(
            np.stack([corpus[:-1], corpus[1:]], axis=1), axis=0, return_index=True
        )
        numbers = np.array([len(places(corpus, a, b)) for a, b in pairs])
        if numbers.max() < 2:
            break
        best = min(np.flatnonzero(numbers == numbers.max()), key=lambda i: first[i])
        a, b = pairs[best]
        corpus = merge(corpus, a, b, 256 + len(merges))
        merges.append((int(a), int(b)))
    tokens = np.array(text, dtype=np.int64)
    for m, (a, b) in enumerate(merges):
        tokens = merge(tokens, a, b, 256 + m)
    return np.array(merges, dtype=np.int64).reshape(-1, 2), tokens


# %%
def next_token_loss(logits, tokens):
    labels = np.full(tokens.shape, -1)
    labels[:, :-1] = tokens[:, 1:]
    known = labels >= 0
    number = known.sum()
    if number == 0:
        return 0.0, np.zeros_like(logits)
    shifted = logits - logits.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.nonzero(known)
    loss = -log_p[n, t, labels[n, t]].mean()
    d = np.exp(log_p) * known[:, :, None]
    d[n, t, labels[n, t]] -= 1
    return float(loss), (d / int(number)).astype(logits.dtype)


# %%
def transformer_costs(vocabulary, context, width, layers, heads, groups, hidden):
    V, C, D, L, H, G, F = vocabulary, context, width, layers, heads, groups, hidden
    R = D * G // H
    dense = 2 * D * D + 2 * D * R + 2 * D * F
    biases = 2 * D + 2 * R + F + D
    parameters = V * D + C * D + L * (dense + biases + 4 * D) + 2 * D
    cache = 2 * 2 * L * C * R
    flops = 2 * (L * (dense + 2 * C * D) + V * D)
    return parameters, cache, flops
