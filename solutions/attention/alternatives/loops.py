"""The chapter on attention, written with plain loops over samples, heads and positions."""

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
    n_samples, n_heads, n_queries, width = q.shape
    out = np.zeros((n_samples, n_heads, n_queries, v.shape[3]), dtype=q.dtype)
    for n in range(n_samples):
        for h in range(n_heads):
            for t in range(n_queries):
                scores = k[n, h] @ q[n, h, t] / math.sqrt(width)
                if mask is None:
                    seen = np.ones(len(scores), dtype=bool)
                else:
                    seen = mask[t]
                if not seen.any():
                    continue
                e = np.exp(scores[seen] - scores[seen].max())
                out[n, h, t] = e @ v[n, h][seen] / e.sum()
    return out


# %%
def causal_mask(queries, keys, window=None):
    seen = np.zeros((queries, keys), dtype=bool)
    for t in range(queries):
        position = keys - queries + t
        first = 0 if window is None else max(0, position - window + 1)
        for s in range(first, position + 1):
            seen[t, s] = True
    return seen


# %%
def attention_backward(q, k, v, dout, mask=None):
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
                dq[n, h, t] += ds @ k[n, h] / root
                dk[n, h] += np.outer(ds, q[n, h, t]) / root
    return dq, dk, dv


# %%
def which_attention(weights):
    heads, length, _ = weights.shape
    future, past, itself = [], [], []
    for i in range(length):
        for j in range(length):
            if j > i:
                future.extend(weights[:, i, j])
            elif j < i:
                past.extend(weights[:, i, j])
            else:
                itself.extend(weights[:, i, j])

    def all_one(sums):
        return all(abs(s - 1) < 1e-3 for s in sums)

    if any(w != 0 for w in future):
        return "no mask" if any(w != 0 for w in past) else "mask turned round"
    if all(w == 0 for w in itself):
        return "mask hides itself"
    if all_one([weights[h, i].sum() for h in range(heads) for i in range(length)]):
        return "right"
    if all_one([weights[h, :, j].sum() for h in range(heads) for j in range(length)]):
        return "softmax over queries"
    if all_one([weights[:, i, j].sum() for i in range(length) for j in range(i + 1)]):
        return "softmax over heads"
    return "mask after softmax"


# %%
def online_softmax(top, total, out, scores, v):
    new_top, new_total, new_out = top.copy(), total.copy(), out.copy()
    for t in range(scores.shape[0]):
        m = max(top[t], scores[t].max())
        if m == -np.inf:
            continue
        factor = np.exp(top[t] - m)
        new_total[t] = total[t] * factor
        new_out[t] = out[t] * factor
        for b in range(scores.shape[1]):
            weight = np.exp(scores[t, b] - m)
            new_total[t] += weight
            new_out[t] += weight * v[b]
        new_top[t] = m
    dtype = scores.dtype
    return new_top.astype(dtype), new_total.astype(dtype), new_out.astype(dtype)


# %%
def multi_head_attention(x, context, wq, wk, wv, wo, heads, mask=None):
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    share = heads // groups
    found = []
    for h in range(heads):
        g = h // share
        q = x @ wq[h * width : (h + 1) * width].T
        k = context @ wk[g * width : (g + 1) * width].T
        v = context @ wv[g * width : (g + 1) * width].T
        head = scaled_dot_product_attention(q[:, None], k[:, None], v[:, None], mask)
        found.append(head[:, 0])
    return np.concatenate(found, axis=2) @ wo.T


# %%
def multi_head_backward(x, context, wq, wk, wv, wo, heads, dout, mask=None):
    width = wq.shape[0] // heads
    groups = wk.shape[0] // width
    share = heads // groups
    dx, dcontext = np.zeros_like(x), np.zeros_like(context)
    dwq, dwk, dwv, dwo = (np.zeros_like(w) for w in (wq, wk, wv, wo))
    flat = dout.reshape(-1, dout.shape[2])
    for h in range(heads):
        g = h // share
        own, shared = slice(h * width, (h + 1) * width), slice(g * width, (g + 1) * width)
        q = (x @ wq[own].T)[:, None]
        k = (context @ wk[shared].T)[:, None]
        v = (context @ wv[shared].T)[:, None]
        head = scaled_dot_product_attention(q, k, v, mask)
        dwo[:, own] = flat.T @ head.reshape(-1, width)
        dhead = (dout @ wo[:, own])[:, None]
        dq, dk, dv = (d[:, 0] for d in attention_backward(q, k, v, dhead, mask))
        for n in range(x.shape[0]):
            dwq[own] += dq[n].T @ x[n]
            dwk[shared] += dk[n].T @ context[n]
            dwv[shared] += dv[n].T @ context[n]
        dx += dq @ wq[own]
        dcontext += dk @ wk[shared] + dv @ wv[shared]
    return dx, dcontext, dwq, dwk, dwv, dwo


# %%
def rotary_positions(x, positions, base=10000.0):
    width = x.shape[3]
    y = np.empty_like(x)
    for t, p in enumerate(positions):
        for i in range(width // 2):
            angle = float(p) * base ** (-2 * i / width)
            c, s = math.cos(angle), math.sin(angle)
            even, odd = x[:, :, t, 2 * i], x[:, :, t, 2 * i + 1]
            y[:, :, t, 2 * i] = c * even - s * odd
            y[:, :, t, 2 * i + 1] = s * even + c * odd
    return y


# %%
def kv_cache_step(x, keys, values, wq, wk, wv, wo, heads, base=10000.0):
    width = wq.shape[0] // heads
    _, groups, before, _ = keys.shape
    share = heads // groups
    here = np.array([before])
    all_keys, all_values = [], []
    for g in range(groups):
        rows = slice(g * width, (g + 1) * width)
        k = (x @ wk[rows].T)[:, None, None, :]
        v = (x @ wv[rows].T)[:, None, None, :]
        all_keys.append(
            np.concatenate([keys[:, g : g + 1], rotary_positions(k, here, base)], axis=2)
        )
        all_values.append(np.concatenate([values[:, g : g + 1], v], axis=2))
    found = []
    for h in range(heads):
        q = (x @ wq[h * width : (h + 1) * width].T)[:, None, None, :]
        q = rotary_positions(q, here, base)
        head = scaled_dot_product_attention(q, all_keys[h // share], all_values[h // share])
        found.append(head[:, 0, 0])
    y = np.concatenate(found, axis=1) @ wo.T
    return y, np.concatenate(all_keys, axis=1), np.concatenate(all_values, axis=1)


# %%
def transformer_block(x, weights, heads, mask=None):
    gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2 = weights
    normed = layer_norm(x, gamma1, beta1)
    h = x + multi_head_attention(normed, normed, wq, wk, wv, wo, heads, mask)
    y = np.empty_like(h)
    again = layer_norm(h, gamma2, beta2)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            y[n, t] = h[n, t] + w2 @ gelu(w1 @ again[n, t] + b1) + b2
    return y


# %%
def block_backward(x, weights, heads, dy, mask=None):
    gamma1, beta1, wq, wk, wv, wo, gamma2, beta2, w1, b1, w2, b2 = weights
    normed1 = layer_norm(x, gamma1, beta1)
    h = x + multi_head_attention(normed1, normed1, wq, wk, wv, wo, heads, mask)
    normed2 = layer_norm(h, gamma2, beta2)
    dw1, db1, dw2, db2 = (np.zeros_like(w) for w in (w1, b1, w2, b2))
    dnormed2 = np.zeros_like(x)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            z = w1 @ normed2[n, t] + b1
            a = gelu(z)
            dw2 += np.outer(dy[n, t], a)
            db2 += dy[n, t]
            dz = (dy[n, t] @ w2) * gelu_derivative(z)
            dw1 += np.outer(dz, normed2[n, t])
            db1 += dz
            dnormed2[n, t] = dz @ w1
    dh, dgamma2, dbeta2 = layer_norm_gradients(dnormed2, h, gamma2)
    dh = dh + dy
    dasking, dasked, dwq, dwk, dwv, dwo = multi_head_backward(
        normed1, normed1, wq, wk, wv, wo, heads, dh, mask
    )
    dx, dgamma1, dbeta1 = layer_norm_gradients(dasking + dasked, x, gamma1)
    dx = dx + dh
    return dx, (dgamma1, dbeta1, dwq, dwk, dwv, dwo, dgamma2, dbeta2, dw1, db1, dw2, db2)


# %%
def byte_pair_encode(train, count, text):
    def merge(tokens, pair, new):
        result, i = [], 0
        while i < len(tokens):
            if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
                result.append(new)
                i += 2
            else:
                result.append(tokens[i])
                i += 1
        return result

    def count_pairs(tokens):
        counts, last = {}, {}
        for i in range(len(tokens) - 1):
            pair = (tokens[i], tokens[i + 1])
            if last.get(pair) == i - 1:
                continue
            counts[pair] = counts.get(pair, 0) + 1
            last[pair] = i
        return counts

    corpus = [int(b) for b in train]
    merges = []
    for m in range(count):
        counts = count_pairs(corpus)
        best, most = None, 1
        for pair, number in counts.items():
            if number > most:
                best, most = pair, number
        if best is None:
            break
        merges.append(best)
        corpus = merge(corpus, best, 256 + m)
    tokens = [int(b) for b in text]
    for m, pair in enumerate(merges):
        tokens = merge(tokens, pair, 256 + m)
    return np.array(merges, dtype=int).reshape(-1, 2), np.array(tokens, dtype=int)


# %%
def next_token_loss(logits, tokens):
    dlogits = np.zeros_like(logits)
    samples, length, _ = logits.shape
    loss, labels = 0.0, 0
    for n in range(samples):
        for t in range(length - 1):
            label = tokens[n, t + 1]
            if label == -1:
                continue
            shifted = logits[n, t] - logits[n, t].max()
            log_total = np.log(np.sum(np.exp(shifted)))
            loss += float(log_total - shifted[label])
            dlogits[n, t] = np.exp(shifted - log_total)
            dlogits[n, t, label] -= 1
            labels += 1
    if labels == 0:
        return 0.0, dlogits
    return loss / labels, dlogits / labels


# %%
def transformer_costs(vocabulary, context, width, layers, heads, groups, hidden):
    narrow = width // heads * groups
    maps = [(width, width), (width, narrow), (width, narrow), (width, width)]
    maps += [(width, hidden), (hidden, width)]
    parameters = vocabulary * width + context * width + 2 * width
    flops = 2 * vocabulary * width
    for _ in range(layers):
        for inputs, outputs in maps:
            parameters += inputs * outputs + outputs
            flops += 2 * inputs * outputs
        parameters += 4 * width
        flops += 2 * context * width + 2 * context * width
    cache = layers * 2 * context * narrow * 2
    return parameters, cache, flops
