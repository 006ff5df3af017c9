"""The chapter on transfer, written with plain Python loops, one sample at a time."""

# %%
import numpy as np


# %%
def transfer_layers(source, target, n):
    misfit = None
    for i in range(n):
        same_w = source[i][0].shape == target[i][0].shape
        same_b = source[i][1].shape == target[i][1].shape
        if not (same_w and same_b):
            misfit = i
            break
    layers = []
    for i in range(len(target)):
        w, b = target[i]
        if misfit is None and i < n:
            layers.append((source[i][0].astype(w.dtype), source[i][1].astype(b.dtype)))
        else:
            layers.append((w.copy(), b.copy()))
    return layers, misfit


# %%
def masked_update(params, grads, momentum, frozen, lr, beta=0.9, decay=0.0):
    new_params, new_momentum = [], []
    for i in range(len(params)):
        theta, m = params[i], momentum[i]
        if i in frozen:
            new_params.append(theta.copy())
            new_momentum.append(m.copy())
            continue
        moved = beta * m + (grads[i] + decay * theta)
        new_momentum.append(moved.astype(m.dtype))
        new_params.append((theta - lr * moved).astype(theta.dtype))
    return new_params, new_momentum


# %%
def why_it_moved(path, lr):
    def length(v):
        return float(np.sqrt(np.sum(v**2)))

    path = np.asarray(path, dtype=float)
    if all(np.array_equal(row, path[0]) for row in path):
        return "frozen", 0.0
    first, second = path[1] - path[0], path[2] - path[1]
    if length(second - first) <= 1e-5 * length(first):
        return "gradient", length(first) / lr
    left = float(path[1] @ path[0]) / float(path[0] @ path[0])
    if length(path[1] - left * path[0]) <= 1e-5 * length(first):
        return "decay", (1 - left) / lr
    return "momentum", length(second) / length(first)


# %%
def unfreeze_rates(layers, epochs, base, factor, every=1):
    rates = np.zeros((epochs, layers))
    for epoch in range(epochs):
        for layer in range(layers):
            below_top = layers - 1 - layer
            if below_top <= epoch // every:
                rates[epoch, layer] = base * factor**below_top
    return rates


# %%
def frozen_features(x, mean, std, layers, eps=1e-05):
    out = []
    for row in x:
        h = np.empty(len(row))
        for i in range(len(row)):
            h[i] = row[i] - mean[i]
            if std[i] != 0:
                h[i] /= std[i]
        for w, b, gamma, beta, m, v in layers:
            z = (w @ h + b - m) / np.sqrt(v + eps)
            h = np.maximum(0, gamma * z + beta)
        out.append(h)
    return np.array(out).astype(x.dtype)


# %%
def linear_probe(features, labels, classes, lam):
    count, size = features.shape
    f = np.hstack([features.astype(float), np.ones((count, 1))])
    targets = np.zeros((count, classes))
    for n in range(count):
        targets[n, labels[n]] = 1
    penalty = lam * np.eye(size + 1)
    penalty[size, size] = 0
    solution = np.linalg.solve(f.T @ f + penalty, f.T @ targets).T
    dtype = features.dtype
    return solution[:, :size].astype(dtype), solution[:, size].astype(dtype)


# %%
def layerwise_pretrain(x, layers, train):
    done, h = [], x
    for w, b in layers:
        w, b = train(h, w, b)
        done.append((w, b))
        h = np.array([np.maximum(0, w @ row + b) for row in h])
    return done, h


# %%
def lora_forward(x, w, b, down, up, alpha):
    r = len(down)
    factor = float(alpha) / r
    merged = w + factor * (up @ down)
    y = np.array([w @ row + b + factor * (up @ (down @ row)) for row in x])
    return y.astype(x.dtype), merged.astype(x.dtype), down.size + up.size


# %%
def lora_backward(dy, x, w, down, up, alpha):
    factor = float(alpha) / len(down)
    dx = np.zeros_like(x)
    d_down, d_up = np.zeros_like(down), np.zeros_like(up)
    for n in range(len(x)):
        inner = down @ x[n]
        d_inner = factor * (up.T @ dy[n])
        d_up += factor * np.outer(dy[n], inner)
        d_down += np.outer(d_inner, x[n])
        dx[n] = w.T @ dy[n] + down.T @ d_inner
    return dx, d_down.astype(x.dtype), d_up.astype(x.dtype)


# %%
def lora_start(change, d_down, d_up):
    names = []
    for k in range(len(change)):
        up_zero = not np.any(d_down[k])
        down_zero = not np.any(d_up[k])
        if up_zero and down_zero:
            names.append("both")
        elif up_zero:
            names.append("up")
        elif down_zero:
            names.append("down")
        else:
            names.append("neither")
    return names


# %%
def distillation_loss(logits, teacher, labels, temperature, weight):
    def log_p(scores):
        scores = scores - scores.max()
        return scores - np.log(np.sum(np.exp(scores)))

    count = len(logits)
    loss, dlogits = 0.0, np.zeros(logits.shape)
    for n in range(count):
        z, v = logits[n].astype(float), teacher[n].astype(float)
        hard = log_p(z)
        log_q, log_t = log_p(z / temperature), log_p(v / temperature)
        p, q = np.exp(log_t), np.exp(log_q)
        loss += (1 - weight) * -hard[labels[n]]
        loss += weight * temperature**2 * np.sum(p * (log_t - log_q))
        pull = np.exp(hard)
        pull[labels[n]] -= 1
        dlogits[n] = (1 - weight) * pull + weight * temperature * (q - p)
    return float(loss / count), (dlogits / count).astype(logits.dtype)


# %%
def masked_words(tokens, positions, u, words, mask_id):
    inputs = tokens.copy()
    labels = np.full(tokens.shape, -100, dtype=tokens.dtype)
    for place, number, word in zip(positions, u, words):
        labels[place] = tokens[place]
        if number < 0.8:
            inputs[place] = mask_id
        elif number < 0.9:
            inputs[place] = word
    return inputs, labels


# %%
def same_class_pairs(labels):
    pairs = []
    for i in range(len(labels)):
        for j in range(i + 1, len(labels)):
            if labels[i] == labels[j]:
                pairs.append((i, j))
    return np.array(pairs, dtype=int).reshape(-1, 2)


# %%
def info_nce(z, pairs, temperature):
    count = len(z)
    lengths = [np.sqrt(np.sum(row.astype(float) ** 2)) for row in z]
    units = [row / length for row, length in zip(z.astype(float), lengths)]
    loss, dunits = 0.0, np.zeros(z.shape)
    questions = [(i, j) for i, j in pairs] + [(j, i) for i, j in pairs]
    for i, j in questions:
        others = [k for k in range(count) if k != i]
        scores = np.array([units[i] @ units[k] / temperature for k in others])
        scores -= scores.max()
        p = np.exp(scores) / np.exp(scores).sum()
        partner = others.index(j)
        loss += np.log(np.exp(scores).sum()) - scores[partner]
        p[partner] -= 1
        for k, share in zip(others, p / temperature / len(questions)):
            dunits[i] += share * units[k]
            dunits[k] += share * units[i]
    dz = np.zeros_like(z)
    for i in range(count):
        along = (dunits[i] @ units[i]) * units[i]
        dz[i] = (dunits[i] - along) / lengths[i]
    return float(loss / len(questions)), dz
