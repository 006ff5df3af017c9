"""The chapter on normalization, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def moments(values):
    """Return mean and variance of some numbers, divided by their count."""
    values = [float(v) for v in values]
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((v - mean) ** 2 for v in values) / len(values)


def through(values, ups, gammas, eps):
    """Return normalized numbers, and what comes back to them, for numbers normalized together."""
    mean, var = moments(values)
    root = math.sqrt(var + eps)
    hats = [(float(v) - mean) / root for v in values]
    down = [float(u) * float(g) for u, g in zip(ups, gammas)]
    plain = math.fsum(down) / len(down)
    along = math.fsum(d * h for d, h in zip(down, hats)) / len(down)
    return hats, [(d - plain - h * along) / root for d, h in zip(down, hats)]


# %%
def standardize(train, test):
    new, other = np.empty_like(train), np.empty(test.shape, train.dtype)
    for j in range(train.shape[1]):
        mean, var = moments(train[:, j])
        root = math.sqrt(var) if len(set(train[:, j].tolist())) > 1 else 1.0
        for n in range(len(train)):
            new[n, j] = (float(train[n, j]) - mean) / root
        for n in range(len(test)):
            other[n, j] = (float(test[n, j]) - mean) / root
    return [new, other]


# %%
def batch_norm_forward(x, gamma, beta, eps=1e-5):
    y = np.empty_like(x)
    mean, var = np.empty_like(x[0]), np.empty_like(x[0])
    for j in range(x.shape[1]):
        m, v = moments(x[:, j])
        mean[j], var[j] = m, v
        for n in range(len(x)):
            y[n, j] = float(gamma[j]) * (float(x[n, j]) - m) / math.sqrt(v + eps) + float(beta[j])
    return y, mean, var


# %%
def update_running_stats(running_mean, running_var, mean, var, n, momentum=0.1):
    new_mean, new_var = running_mean.copy(), running_var.copy()
    for j in range(len(mean)):
        new_mean[j] += momentum * (mean[j] - running_mean[j])
        if n != 1:
            unbiased = float(var[j]) / (1 - 1 / n)
            new_var[j] += momentum * (unbiased - float(running_var[j]))
    return new_mean, new_var


# %%
def batch_norm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    y = np.empty_like(x)
    for (n, j), value in np.ndenumerate(x):
        root = math.sqrt(float(running_var[j]) + eps)
        y[n, j] = float(beta[j]) + (float(value) - float(running_mean[j])) / root * float(gamma[j])
    return y


# %%
def batch_norm_backward(dy, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = np.empty_like(x), np.empty_like(x[0]), np.empty_like(x[0])
    for j in range(x.shape[1]):
        hats, down = through(x[:, j], dy[:, j], [gamma[j]] * len(x), eps)
        dx[:, j] = down
        dgamma[j] = math.fsum(float(d) * h for d, h in zip(dy[:, j], hats))
        dbeta[j] = math.fsum(float(d) for d in dy[:, j])
    return dx, dgamma, dbeta


# %%
def spatial_batch_norm(x, dy, gamma, beta, eps=1e-5):
    y, dx = np.empty_like(x), np.empty_like(x)
    dgamma, dbeta = np.empty_like(x[0, :, 0, 0]), np.empty_like(x[0, :, 0, 0])
    for c in range(x.shape[1]):
        values, ups = list(x[:, c].ravel()), list(dy[:, c].ravel())
        hats, down = through(values, ups, [gamma[c]] * len(values), eps)
        y[:, c] = np.reshape([float(gamma[c]) * h + float(beta[c]) for h in hats], y[:, c].shape)
        dx[:, c] = np.reshape(down, y[:, c].shape)
        dgamma[c] = math.fsum(float(d) * h for d, h in zip(ups, hats))
        dbeta[c] = math.fsum(float(d) for d in ups)
    return y, dx, dgamma, dbeta


# %%
def fold_batch_norm(w, b, gamma, beta, running_mean, running_var, eps=1e-5):
    new, bias = np.empty_like(w), np.empty(len(w), w.dtype)
    for f in range(len(w)):
        factor = float(gamma[f]) / math.sqrt(float(running_var[f]) + eps)
        for index, value in np.ndenumerate(w[f]):
            new[f][index] = factor * float(value)
        bias[f] = float(beta[f]) - factor * float(running_mean[f]) + factor * float(b[f])
    return new, bias


# %%
def layer_norm_forward(x, gamma, beta, eps=1e-5):
    y = np.empty_like(x)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            mean, var = moments(x[n, t])
            for j in range(x.shape[2]):
                hat = (float(x[n, t, j]) - mean) / math.sqrt(var + eps)
                y[n, t, j] = float(gamma[j]) * hat + float(beta[j])
    return y


# %%
def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dx = np.empty_like(x)
    scales, shifts = np.zeros(x.shape[2]), np.zeros(x.shape[2])
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            hats, dx[n, t] = through(x[n, t], dy[n, t], gamma, eps)
            for j, hat in enumerate(hats):
                scales[j] += float(dy[n, t, j]) * hat
                shifts[j] += float(dy[n, t, j])
    return dx, scales.astype(x.dtype), shifts.astype(x.dtype)


# %%
def rms_norm(x, gamma, eps=1e-5):
    y = np.empty_like(x)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            square = math.fsum(float(v) ** 2 for v in x[n, t]) / x.shape[2]
            for j in range(x.shape[2]):
                y[n, t, j] = float(x[n, t, j]) / math.sqrt(square + eps) * float(gamma[j])
    return y


# %%
def group_norm(x, dy, gamma, beta, groups, eps=1e-5):
    y, dx = np.empty_like(x), np.empty_like(x)
    channels, pixels = x.shape[1], x.shape[2] * x.shape[3]
    size = channels // groups
    dgamma, dbeta = np.zeros(channels), np.zeros(channels)
    for n in range(len(x)):
        for g in range(groups):
            some = range(g * size, (g + 1) * size)
            values = [v for c in some for v in x[n, c].ravel()]
            ups = [v for c in some for v in dy[n, c].ravel()]
            hats, down = through(values, ups, [gamma[c] for c in some for _ in range(pixels)], eps)
            for k, c in enumerate(some):
                part = slice(k * pixels, (k + 1) * pixels)
                hat = np.reshape(hats[part], x[n, c].shape)
                y[n, c] = float(gamma[c]) * hat + float(beta[c])
                dx[n, c] = np.reshape(down[part], x[n, c].shape)
                dgamma[c] += float((dy[n, c] * hat).sum())
                dbeta[c] += float(dy[n, c].astype(float).sum())
    return y, dx, dgamma.astype(x.dtype), dbeta.astype(x.dtype)


# %%
def which_norm(y):
    images, channels = y.shape[0], y.shape[1]

    def normal(values):
        mean, var = moments(values)
        return abs(mean) < 0.01 and abs(var - 1) < 0.01

    for size in range(1, channels + 1):
        if channels % size:
            continue
        starts = range(0, channels, size)
        if all(normal(y[n, c : c + size].ravel()) for n in range(images) for c in starts):
            groups = channels // size
            name = "instance" if size == 1 else "layer" if groups == 1 else "group"
            return [name, groups]
    if all(normal(y[:, c].ravel()) for c in range(channels)):
        return ["batch", 0]
    return ["none", 0]


# %%
def scaled_step(w, gradient, c, lr):
    new, rates = np.empty_like(w), np.empty_like(w[:, 0])
    for f in range(len(w)):
        factor = float(c[f])
        rates[f] = lr / factor / factor
        for j in range(w.shape[1]):
            new[f, j] = factor * (float(w[f, j]) - lr / factor / factor * float(gradient[f, j]))
    return new, rates


# %%
def clip_gradients(gradients, limit, how):
    new = [np.array(g) for g in gradients]
    if how == "value":
        for g in new:
            for index, value in np.ndenumerate(g):
                v = float(value)
                g[index] = 0.0 if math.isnan(v) else min(max(v, -limit), limit)
        return new
    lengths = [math.sqrt(math.fsum(float(v) ** 2 for v in g.ravel())) for g in new]
    if how == "global":
        lengths = [math.hypot(*lengths)] * len(new)
    for g, length in zip(new, lengths):
        if not math.isfinite(length):
            g[...] = 0
        elif length > limit:
            for index, value in np.ndenumerate(g):
                g[index] = float(value) * limit / length
    return tuple(new)
