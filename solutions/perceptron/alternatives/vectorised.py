"""The chapter on the perceptron, written with whole arrays, other formulas and other weights."""

# %%
import numpy as np


# %%
def predict(x, w, threshold, at_zero=1.0):
    side = np.sign(np.einsum("ni,ki->nk", x, w) - threshold)
    return np.choose((side + 1).astype(int), [0.0, at_zero, 1.0]).astype(x.dtype)


# %%
def gate(name, d=2):
    needed = dict(AND=d, OR=1, MAJORITY=np.floor(d / 2) + 1, NAND=d, NOR=1, NOT=1)[name]
    w, theta = np.full(d, 0.3), 0.3 * needed - 0.15
    return (-w, -theta) if name in ("NAND", "NOR", "NOT") else (w, theta)


# %%
def _pad(x):
    return np.insert(x, 0, 1, axis=-1)


def perceptron_update(w, x, target, lr):
    one = _pad(x)
    return (w + lr * (target - np.heaviside(np.dot(w, one), 1.0)) * one).astype(w.dtype)


# %%
def perceptron_fit(x, y, order, max_epochs):
    samples, targets = _pad(x)[order], y[order]
    w = np.zeros(samples.shape[1], dtype=x.dtype)
    log = []
    while True:
        errors = []
        for row, t in zip(samples, targets):
            error = t - (row @ w >= 0)
            w = (w + error * row).astype(x.dtype)
            errors.append(error)
        log.append(np.count_nonzero(errors))
        if log[-1] == 0 or len(log) == max_epochs:
            return w, np.array(log)


# %%
def adaline_update(w, x, target, lr):
    one = _pad(x)
    gradient = -(target - w @ one) * one
    return (w - lr * gradient).astype(w.dtype)


# %%
def whose_update(path, x, y):
    one, w0 = _pad(x.astype(float)), path[:-1].astype(float)
    steps = path[1:].astype(float) - w0
    z = np.einsum("ti,ti->t", one, w0)
    wrong = (z >= 0) != y
    sign = 2 * y - 1
    size = np.abs(steps).max()
    still = np.abs(steps).max(axis=1) < 1e-4 * size
    if still[:-1].all():
        errors = y - (one @ w0[0] >= 0)
        total = errors @ one
        return "batch", float(steps[-1] @ total / (total @ total))
    if np.abs(steps[:, 0]).max() < 1e-4 * size:
        rate = steps[wrong, 1:] / (sign[wrong, None] * one[wrong, 1:])
        return "no-bias", float(np.median(rate))
    bias = steps[:, 0]
    if not still[~wrong].all():
        if np.allclose(bias * sign, bias[0] * sign[0], rtol=1e-3):
            return "hebb", float(np.abs(bias).mean())
        return "adaline", float(bias @ (y - z) / np.sum((y - z) ** 2))
    rate = float(np.mean(bias[wrong] * sign[wrong]))
    return ("perceptron", rate) if rate > 0 else ("reversed", -rate)


# %%
def averaged_perceptron(x, y, order, epochs):
    visits = np.tile(order, epochs)
    one = _pad(x)
    weights = [np.zeros(one.shape[1], dtype=x.dtype)]
    for n in visits:
        w = weights[-1]
        weights.append(w + (int(y[n]) - int(one[n] @ w >= 0)) * one[n])
    return np.mean(weights[1:], axis=0, dtype=x.dtype)


# %%
def multiclass_perceptron_update(w, x, label):
    winner = np.argmax(w[:, 0] + w[:, 1:] @ x)
    change = np.zeros(len(w), w.dtype)
    change[label] += 1
    change[winner] -= 1
    return w + np.outer(change, _pad(x)).astype(w.dtype)


# %%
def mistake_bound(w, x, y):
    unit = w / np.sqrt(np.sum(w**2))
    signed = np.where(y == 1, 1.0, -1.0) * (_pad(x) @ unit)
    gamma, r2 = signed.min(), 1 + np.einsum("ni,ni->n", x, x).max()
    with np.errstate(divide="ignore"):
        return gamma, np.sqrt(r2), r2 / gamma**2 if gamma > 0 else np.inf


# %%
def read_log(x, mistakes, margin):
    r = np.linalg.norm(_pad(x), axis=1).max()
    left = (r / margin) ** 2 - mistakes.sum()
    if mistakes.min() == 0:
        return "separable", 0.0
    if left < -1e-6:
        return "not separable", 0.0
    return "undecided", max(left, 0.0)


# %%
def xor_network(d=2):
    levels = np.arange(1, d + 1)
    hidden = (-np.ones((d, d)), 0.5 - levels)  # unit k fires while fewer than k inputs are on
    top = np.where(levels % 2 == 1, -1.0, 1.0)
    bias = 0.0 if d % 2 == 0 else 1.0
    return [hidden, (top[None], np.array([0.5 - bias]))]


# %%
def linearly_separable(x, y):
    rows = _pad(x.astype(float)) * np.where(y == 1, 1, -1)[:, None]
    w = np.zeros(rows.shape[1])
    for _ in range(601):
        sums = rows @ w
        worst = np.argmin(sums)
        if sums[worst] > 0:
            return True
        w = w + rows[worst]
    return False


# %%
def count_separable(x):
    n = len(x)
    codes = np.arange(2**n)[:, None] // 2 ** np.arange(n) % 2
    return int(sum(linearly_separable(x, code) for code in codes))
