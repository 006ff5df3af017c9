"""The chapter on regularization, vectorised as far as it goes: einsum, bincount, broadcasting."""

# %%
import numpy as np


# %%
def bias_variance(predictions, truth, noise=0.0):
    total = np.square(predictions - truth).mean() + noise
    variance = np.var(predictions, axis=0).mean()
    return np.square(predictions.mean(0) - truth).mean(), variance, total


# %%
def elastic_penalty(layers, l1, l2, m):
    weights = np.concatenate([w.ravel() for w, _ in layers]).astype(float)
    penalty = l1 / (2 * m) * np.linalg.norm(weights, 1) + l2 / (2 * m) * np.dot(weights, weights)
    return penalty, [
        (w.dtype.type(l2 / m) * w + w.dtype.type(l1 / (2 * m)) * np.sign(w), np.zeros_like(b))
        for w, b in layers
    ]


# %%
def which_penalty(path, lr):
    path = np.asarray(path, dtype=np.float64)
    first, second = np.abs(np.diff(path, axis=0))[:2]
    k = np.argmax(np.abs(path[0]))
    if np.allclose(first, 0, atol=1e-6):
        return "none", 0.0
    if np.allclose(second, 0, atol=1e-6):
        return "max-norm", np.sqrt(np.sum(path[1] ** 2))
    if np.allclose(first / np.abs(path[0]), first[k] / abs(path[0, k]), rtol=1e-3):
        return "l2", first[k] / abs(path[0, k]) / lr
    return "l1", first.max() / lr


# %%
def constrained_step(w, update, lr, decay=0.0, mask=None, r=np.inf):
    new = w * (1 - lr * decay) - update
    new = new if mask is None else new * mask
    length = np.sqrt(np.einsum("oi,oi->o", new, new))
    factor = np.ones_like(length)
    np.divide(r, length, out=factor, where=length > r)
    return factor[:, None] * new


# %%
def magnitude_prune(weights, sparsity):
    every = np.abs(np.concatenate([w.reshape(-1) for w in weights]))
    rank = np.empty(every.size, dtype=int)
    rank[np.argsort(every, kind="mergesort")] = np.arange(every.size)
    kept = rank >= int(np.rint(sparsity * every.size))
    pieces = np.split(kept, np.cumsum([w.size for w in weights[:-1]]))
    return [piece.reshape(np.shape(w)) for piece, w in zip(pieces, weights)]


# %%
def dropout(x, dy, u, p, training=True):
    if not training:
        return x + 0, dy + 0
    mask = ~(u < p)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(dy)
    return np.where(mask, x, 0) / x.dtype.type(1 - p), np.where(mask, dy, 0) / x.dtype.type(1 - p)


# %%
def dropout_fault(x, train, test):
    holes = train == 0
    p = holes.mean()
    if not test.all():
        return "left-on", p
    if (holes == holes[:1]).all():
        return "one-mask", p
    scale = np.max(train / x)
    later = np.max(test / x)
    table = [["never-scaled", "original"], ["inverted", "scaled-twice"]]
    return table[int(scale > 1 + p / 2)][int(later < 1 - p / 2)], p


# %%
def mc_dropout(x, layers, u, p):
    (w1, b1), (w2, b2) = layers
    h = np.clip(np.einsum("nd,hd->nh", x, w1) + b1, 0, None)
    kept = np.where(u < p, 0, 1 / (1 - p)).astype(x.dtype)
    answers = np.einsum("nh,tnh,kh->tnk", h, kept, w2) + b2
    return answers.mean(0), np.square(answers - answers.mean(0)).mean(0)


# %%
def stochastic_depth(x, weights, u, p_last, training=True):
    stays = np.linspace(1, p_last, len(weights) + 1)[1:]
    shares = (u < stays[:, None]) if training else np.broadcast_to(stays[:, None], u.shape)
    for w, share in zip(weights, shares.astype(x.dtype)):
        x = x + share[:, None] * np.maximum(x @ w.T, 0)
    return x


# %%
def early_stopping(val_losses, patience):
    lowest = np.minimum.accumulate(val_losses)
    new = np.concatenate([[True], val_losses[1:] < lowest[:-1]])
    best = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    waited = np.arange(len(new)) - best
    stop = int(np.argmax(waited == patience)) if (waited == patience).any() else len(new) - 1
    return stop, int(best[stop])


# %%
def mixup(x, labels, classes, lam, order, eps=0.0):
    targets = (1 - eps) * np.eye(classes)[labels] + eps / classes
    mixed_targets = np.einsum("n,nk->nk", lam, targets) + np.einsum(
        "n,nk->nk", 1 - lam, targets[order]
    )
    lam = lam.astype(x.dtype)
    mixed = x[order] + np.einsum("n,n...->n...", lam, x - x[order])
    return mixed, mixed_targets.astype(x.dtype)


# %%
def tents(position, length):
    return np.maximum(0, 1 - np.abs(position[..., None] - np.arange(length)))


def augment_warp(images, flip, angle, shift, zoom, size):
    high, wide = images.shape[2:]
    i, j = np.mgrid[: size[0], : size[1]]
    away = np.stack([j - (size[1] - 1) / 2, i - (size[0] - 1) / 2], axis=-1)
    away = away[None] - shift[:, None, None, :]
    cos, sin = np.cos(angle), np.sin(angle)
    back = np.stack([np.stack([cos, sin], 1), np.stack([-sin, cos], 1)], 1) / zoom[:, None, None]
    back[:, 0] *= np.where(flip, -1, 1)[:, None]
    there = np.einsum("nab,nijb->nija", back, away)
    across = tents(there[..., 0] + (wide - 1) / 2, wide)
    down = tents(there[..., 1] + (high - 1) / 2, high)
    out = np.einsum("nchw,nijh,nijw->ncij", images, down, across)
    return out.astype(images.dtype)


# %%
GREY = np.array([0.299, 0.587, 0.114])


def augment_colour(images, brightness, contrast, saturation, hue):
    v = np.clip(np.einsum("n,nchw->nchw", brightness, images), 0, 1)
    mean = np.einsum("c,nchw->n", GREY, v) / (v.shape[2] * v.shape[3])
    mean, contrast = mean[:, None, None, None], contrast[:, None, None, None]
    v = np.clip(mean + contrast * (v - mean), 0, 1)
    grey = np.einsum("c,nchw->nhw", GREY, v)[:, None]
    v = np.clip(grey + saturation[:, None, None, None] * (v - grey), 0, 1)
    top, low = v.max(1), v.min(1)
    red, green, blue = v.transpose(1, 0, 2, 3)
    with np.errstate(divide="ignore", invalid="ignore"):
        sixths = np.select(
            [top == red, top == green],
            [(green - blue) / (top - low), 2 + (blue - red) / (top - low)],
            4 + (red - green) / (top - low),
        )
    sixths = np.nan_to_num(sixths) + 6 * hue[:, None, None]
    k = np.stack([(n + sixths) % 6 for n in (5, 3, 1)], axis=1)
    share = np.maximum(0, np.minimum(np.minimum(k, 4 - k), 1))
    return (top[:, None] - (top - low)[:, None] * share).astype(images.dtype)


# %%
def fgsm(x, labels, w, b, eps):
    z = np.einsum("nd,kd->nk", x, w) + b
    top = z.max(axis=-1, keepdims=True)
    log_chance = z - top - np.log(np.exp(z - top).sum(axis=-1, keepdims=True))
    right = np.arange(len(w)) == labels[:, None]
    rivals = np.where(right, 0, np.exp(log_chance))
    slope = np.einsum("nk,kd->nd", rivals - right * rivals.sum(axis=1, keepdims=True), w)
    return np.minimum(np.maximum(x + x.dtype.type(eps) * np.sign(slope), 0), 1).astype(x.dtype)
