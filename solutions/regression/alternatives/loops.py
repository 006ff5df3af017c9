"""A right submission that spells everything out in loops."""

# %%
import math

import numpy as np


# %%
def mse(prediction, target, root=False):
    said, true = prediction.ravel(), target.ravel()
    total = 0.0
    for n in range(len(said)):
        total += (float(said[n]) - float(true[n])) ** 2
    return math.sqrt(total / len(said)) if root else total / len(said)


# %%
def mse_gradient(x, y, theta):
    gradient = np.zeros_like(theta)
    for n in range(x.shape[0]):
        miss = -y[n]
        for j in range(x.shape[1]):
            miss += x[n, j] * theta[j]
        for j in range(x.shape[1]):
            gradient[j] += 2 * miss * x[n, j] / x.shape[0]
    return gradient


# %%
def gradient_descent(x, y, theta, lr, steps):
    path = [theta.copy()]
    while len(path) <= steps:
        here = path[-1]
        gradient = x.T @ (x @ here - y) * (2 / len(y))
        path.append(here - lr * gradient)
    return np.array(path, dtype=theta.dtype)


# %%
def max_stable_rate(x):
    if not x.any():
        return math.inf
    x = x.astype(float)
    v = x[np.argmax((x**2).sum(axis=1))].copy()  # power iteration, from a row of x
    for _ in range(5000):
        v = x.T @ (x @ v)
        v /= math.sqrt(v @ v)
    return float(len(x) / (v @ (x.T @ (x @ v))))


# %%
def diagnose_gradient(x, y, theta, found):
    def near(value):
        limit = 1e-6 * max(abs(v) for v in value)
        return all(abs(a - b) <= limit for a, b in zip(found, value))

    right = mse_gradient(x, y, theta)
    if near(right):
        return "right"
    if near(right * len(y)):
        return "sum"
    if near(right * 0.5):
        return "half"
    if near(-right):
        return "uphill"
    if near(right + 2 * x.T @ y / len(y)):
        return "no targets"
    return "unknown"


# %%
def normal_equation(x, y, rcond=1e-6):
    """Turn pairs of columns until all are at right angles (Jacobi, one-sided)."""
    a = x.astype(float)
    v = np.eye(a.shape[1])
    for _ in range(60):
        for p in range(a.shape[1] - 1):
            for q in range(p + 1, a.shape[1]):
                alpha, beta, gamma = a[:, p] @ a[:, p], a[:, q] @ a[:, q], a[:, p] @ a[:, q]
                if abs(gamma) <= 1e-16 * math.sqrt(alpha * beta):
                    continue
                zeta = (beta - alpha) / (2 * gamma)
                t = math.copysign(1, zeta) / (abs(zeta) + math.hypot(1, zeta))
                c = 1 / math.hypot(1, t)
                turn = np.array([[c, c * t], [-c * t, c]])
                a[:, [p, q]] = a[:, [p, q]] @ turn
                v[:, [p, q]] = v[:, [p, q]] @ turn
    sigma = [math.sqrt(column @ column) for column in a.T]
    theta = np.zeros(a.shape[1])
    for k, s in enumerate(sigma):
        if s > rcond * max(sigma):
            theta += v[:, k] * (a[:, k] @ y) / s**2
    return theta.astype(x.dtype)


# %%
def ridge(x, y, strength):
    n, d = x.shape
    left = [
        [sum(float(x[k, i]) * float(x[k, j]) for k in range(n)) for j in range(d)] for i in range(d)
    ]
    right = [sum(float(x[k, i]) * float(y[k]) for k in range(n)) for i in range(d)]
    for i in range(1, d):
        left[i][i] += strength
    for i in range(d):  # Gauss; the matrix is positive definite and needs no exchange of rows
        for k in range(i + 1, d):
            factor = left[k][i] / left[i][i]
            for j in range(i, d):
                left[k][j] -= factor * left[i][j]
            right[k] -= factor * right[i]
    theta = [0.0] * d
    for i in reversed(range(d)):
        known = sum(left[i][j] * theta[j] for j in range(i + 1, d))
        theta[i] = (right[i] - known) / left[i][i]
    return np.array(theta, dtype=x.dtype)


# %%
def sgd_epoch(x, y, theta, lr, order, size=1):
    theta = theta.copy()
    waiting = list(order)
    while waiting:
        batch, waiting = waiting[:size], waiting[size:]
        gradient = np.zeros_like(theta)
        for n in batch:
            gradient += 2 * (x[n] @ theta - y[n]) * x[n]
        theta -= lr * gradient / len(batch)
    return theta


# %%
def logistic_loss(x, y, theta):
    loss, gradient = 0.0, np.zeros_like(theta)
    for row, label in zip(x, y):
        z = float(row @ theta)
        away = -z if label == 1 else z  # how far on the wrong side
        loss += math.log1p(math.exp(away)) if away < 0 else away + math.log1p(math.exp(-away))
        p = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
        gradient += (p - float(label)) * row / len(y)
    return loss / len(y), gradient


# %%
def softmax_gradient(x, labels, theta):
    gradient = np.zeros_like(theta)
    for row, label in zip(x, labels):
        logits = [float(row @ weights) for weights in theta]
        parts = [math.exp(z - max(logits)) for z in logits]
        for k in range(len(theta)):
            gradient[k] += (parts[k] / sum(parts) - (k == label)) * row / len(labels)
    return gradient


# %%
def cartesian_to_polar(points):
    out = np.zeros_like(points)
    for n, (x, y) in enumerate(points):
        out[n] = math.sqrt(x * x + y * y), math.atan2(y, x)
    return out


# %%
def design_matrix(train, other, scaling="standard"):
    results = []
    for rows in (train, other):
        out = np.ones((rows.shape[0], rows.shape[1] + 1), dtype=train.dtype)
        for j in range(rows.shape[1]):
            column = [float(value) for value in train[:, j]]
            if scaling == "standard":
                shift = sum(column) / len(column)
                scale = math.sqrt(sum((value - shift) ** 2 for value in column) / len(column))
            else:
                shift, scale = min(column), max(column) - min(column)
            for n in range(rows.shape[0]):
                constant = max(column) == min(column)
                out[n, j + 1] = 0 if constant else (rows[n, j] - shift) / scale
        results.append(out)
    return results[0], results[1]


# %%
def train_val_test_split(n, fractions, order):
    sizes = [math.floor(fraction * n + 0.5) for fraction in fractions]
    test = [order[k] for k in range(n - sizes[1], n)]
    validation = [order[k] for k in range(n - sizes[1] - sizes[0], n - sizes[1])]
    train = [order[k] for k in range(n - sizes[1] - sizes[0])]
    return tuple(np.array(part, dtype=int) for part in (train, validation, test))


# %%
def confusion_and_auc(labels, scores, threshold=0.5):
    confusion = np.zeros((2, 2), dtype=int)
    for label, score in zip(labels, scores):
        confusion[label, 1 if score >= threshold else 0] += 1
    won = pairs = 0
    for a, up in zip(scores, labels):
        for b, down in zip(scores, labels):
            if up == 1 and down == 0:
                pairs += 1
                won += 1 if a > b else 0.5 if a == b else 0
    return confusion, won / pairs if pairs else math.nan
