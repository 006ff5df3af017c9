"""The chapter on transfer, in other words: einsum, singular values, masks and index tables."""

# %%
import numpy as np


# %%
def transfer_layers(source, target, n):
    bad = [
        k
        for k, (old, new) in enumerate(zip(source[:n], target))
        if any(a.shape != c.shape for a, c in zip(old, new))
    ]
    chosen = target if bad else [*source[:n], *target[n:]]
    layers = [
        tuple(np.array(part, dtype=like.dtype) for part, like in zip(layer, new))
        for layer, new in zip(chosen, target)
    ]
    return layers, bad[0] if bad else None


# %%
def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    still = set(frozen)
    new = []
    for i, (theta, g, m) in enumerate(zip(params, grads, momentum)):
        if i in still:
            new.append((theta.copy(), m.copy()))
        else:
            v = (beta * m + g + decay * theta).astype(m.dtype)
            new.append(((theta - lr * v).astype(theta.dtype), v))
    return [theta for theta, _ in new], [m for _, m in new]


# %%
def why_it_moved(path, lr):
    path = path.astype(float)
    moves = np.diff(path, axis=0)
    if not moves.any():
        return "frozen", 0.0
    if np.abs(moves[1] - moves[0]).max() <= 1e-5 * np.abs(moves[0]).max():
        return "gradient", float(np.linalg.norm(moves[0]) / lr)
    share = -(moves[0] @ path[0]) / (path[0] @ path[0])
    if np.abs(moves[0] + share * path[0]).max() <= 1e-5 * np.abs(moves[0]).max():
        return "decay", float(share / lr)
    return "momentum", float((moves[1] @ moves[0]) / (moves[0] @ moves[0]))


# %%
def unfreeze_rates(layers, epochs, base, factor, every=1):
    epoch, layer = np.ogrid[:epochs, :layers]
    distance = layers - 1 - layer
    return (epoch >= every * distance) * (base * np.power(float(factor), distance))


# %%
def frozen_features(x, mean, std, layers, eps=1e-5):
    still = std == 0
    h = np.divide(x - mean, std, out=x - mean, where=~still)
    for w, b, gamma, beta, middle, var in layers:
        scale = gamma * (var + eps) ** -0.5
        z = np.einsum("nd,fd->nf", h, w * scale[:, None]) + (scale * (b - middle) + beta)
        h = z * (z > 0)
    return h.astype(x.dtype)


# %%
def linear_probe(features, labels, classes, lam):
    f = features.astype(float)
    targets = (labels[:, None] == np.arange(classes)).astype(float)
    middle, shares = f.mean(axis=0), targets.mean(axis=0)
    left, sizes, right = np.linalg.svd(f - middle, full_matrices=False)
    shrunk = sizes / (sizes**2 + lam)
    w = np.einsum("nk,nr,r,rf->kf", targets - shares, left, shrunk, right)
    return w.astype(features.dtype), (shares - w @ middle).astype(features.dtype)


# %%
def layerwise_pretrain(x, layers, train):
    h, result = x, []
    for layer in layers:
        w, b = train(h, *layer)
        h = np.maximum(h @ w.T + b, 0)
        result.append((w, b))
    return result, h


# %%
def lora_forward(x, w, b, down, up, alpha):
    rank, width = down.shape
    merged = w + (float(alpha) / rank) * np.einsum("fr,rd->fd", up, down)
    y = np.einsum("nd,fd->nf", x, merged) + b
    return y.astype(x.dtype), merged.astype(x.dtype), rank * (width + len(up))


# %%
def lora_backward(dy, x, w, down, up, alpha):
    scale = float(alpha) / len(down)
    dm = np.einsum("nf,nd->fd", dy, x) * scale
    dx = np.einsum("nf,fd->nd", dy, w + scale * (up @ down))
    return dx.astype(x.dtype), np.einsum("fr,fd->rd", up, dm), np.einsum("fd,rd->fr", dm, down)


# %%
def lora_start(change, d_down, d_up):
    table = {(True, True): "both", (True, False): "down", (False, True): "up"}
    a_zero = ~d_up.any(axis=(1, 2))
    b_zero = ~d_down.any(axis=(1, 2))
    return [table.get((bool(a), bool(b)), "neither") for a, b in zip(a_zero, b_zero)]


# %%
def distillation_loss(logits, teacher, labels, temperature, weight):
    def log_softmax(s):
        s = s - s.max(axis=1, keepdims=True)
        return s - np.log(np.exp(s).sum(axis=1, keepdims=True))

    N, T = len(logits), temperature
    rows = np.arange(N)
    hard = log_softmax(logits)
    lp, lq = log_softmax(teacher / T), log_softmax(logits / T)
    p, q = np.exp(lp), np.exp(lq)
    soft = T**2 * (p * (lp - lq)).sum(axis=1)
    loss = np.mean((1 - weight) * -hard[rows, labels] + weight * soft)
    d = np.exp(hard)
    d[rows, labels] -= 1
    d = (1 - weight) * d + weight * T * (q - p)
    return float(loss), (d / N).astype(logits.dtype)


# %%
def masked_words(tokens, positions, u, words, mask_id):
    chosen = np.zeros(tokens.shape, bool)
    chosen[positions] = True
    seen = tokens.copy()
    seen[positions] = np.select([u < 0.8, u < 0.9], [mask_id, words], tokens[positions])
    return seen, np.where(chosen, tokens, -100)


# %%
def same_class_pairs(labels):
    i, j = np.triu_indices(len(labels), 1)
    kept = labels[i] == labels[j]
    return np.column_stack([i[kept], j[kept]])


# %%
def info_nce(z, pairs, temperature):
    N, P = len(z), len(pairs)
    length = np.linalg.norm(z, axis=1, keepdims=True)
    unit = z / length
    s = unit @ unit.T / temperature
    np.fill_diagonal(s, -np.inf)
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    asked = np.zeros((N, N))
    np.add.at(asked, (pairs[:, 0], pairs[:, 1]), 1)
    asked = asked + asked.T
    loss = -np.sum(log_p[asked > 0] * asked[asked > 0]) / (2 * P)
    ds = (asked.sum(axis=1, keepdims=True) * np.exp(log_p) - asked) / (2 * P)
    du = (ds + ds.T) @ unit / temperature
    dz = (du - (du * unit).sum(axis=1, keepdims=True) * unit) / length
    return float(loss), dz.astype(z.dtype)
