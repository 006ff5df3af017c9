"""The chapter on the perceptron, written with plain Python loops."""

# %%
import math

import numpy as np


# %%
def predict(x, w, threshold, at_zero=1.0):
    out = np.zeros((x.shape[0], w.shape[0]), dtype=x.dtype)
    for n in range(x.shape[0]):
        for k in range(w.shape[0]):
            total = 0.0
            for i in range(x.shape[1]):
                total += float(x[n, i]) * float(w[k, i])
            if total > threshold[k]:
                out[n, k] = 1
            elif total == threshold[k]:
                out[n, k] = at_zero
    return out


# %%
def gate(name, d=2):
    if name == "AND":
        return [1] * d, d - 0.25
    if name == "OR":
        return [3] * d, 1
    if name == "NOT":
        return [-2], -1
    if name == "NAND":
        return [-1] * d, 0.25 - d
    if name == "NOR":
        return [-1] * d, -0.1
    return [2] * d, d + 0.5


# %%
def total_of(w, x):
    z = float(w[0])
    for i in range(len(x)):
        z += float(w[i + 1]) * float(x[i])
    return z


def perceptron_update(w, x, target, lr):
    fires = total_of(w, x) >= 0
    new = np.array(w)
    if fires and target == 0:
        new[0] -= lr
        for i in range(len(x)):
            new[i + 1] -= lr * x[i]
    if not fires and target == 1:
        new[0] += lr
        for i in range(len(x)):
            new[i + 1] += lr * x[i]
    return new


# %%
def perceptron_fit(x, y, order, max_epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    history = []
    for _ in range(max_epochs):
        count = 0
        for n in order:
            answer = 1 if total_of(w, x[n]) >= 0 else 0
            if answer != y[n]:
                count += 1
                w = perceptron_update(w, x[n], y[n], 1)
        history.append(count)
        if count == 0:
            return w, np.array(history)
    return w, np.array(history)


# %%
def adaline_update(w, x, target, lr):
    error = target - total_of(w, x)
    new = np.array(w)
    new[0] = w[0] + lr * error
    for i in range(len(x)):
        new[i + 1] = w[i + 1] + lr * error * x[i]
    return new


# %%
def whose_update(path, x, y):
    best = None
    for name in ("perceptron", "reversed", "no-bias", "hebb", "adaline", "batch"):
        above = below = 0.0
        pairs = []
        whole = [0.0] * path.shape[1]
        for n in range(len(x)):
            sample = [1.0] + [float(v) for v in x[n]]
            start = path[0] if name == "batch" else path[n]
            z = sum(float(a) * b for a, b in zip(start, sample))
            output = 1 if z >= 0 else 0
            t = int(y[n])
            factor = {"hebb": 2 * t - 1, "adaline": t - z, "reversed": output - t}
            c = factor.get(name, t - output)
            if name == "no-bias":
                sample[0] = 0.0
            way = [c * v for v in sample]
            if name == "batch":
                whole = [a + b for a, b in zip(whole, way)]
                way = whole if n == len(x) - 1 else [0.0] * len(way)
            move = [float(b) - float(a) for a, b in zip(path[n], path[n + 1])]
            pairs.append((way, move))
            above += sum(a * b for a, b in zip(way, move))
            below += sum(a * a for a in way)
        if below == 0 or above <= 0:
            continue
        lr = above / below
        gap = sum((b - lr * a) ** 2 for way, move in pairs for a, b in zip(way, move))
        if best is None or gap < best[0]:
            best = gap, name, lr
    return best[1], best[2]


# %%
def averaged_perceptron(x, y, order, epochs):
    w = np.zeros(x.shape[1] + 1, x.dtype)
    total = [0.0] * len(w)
    count = 0
    for _ in range(epochs):
        for n in order:
            w = perceptron_update(w, x[n], y[n], 1)
            count += 1
            for i in range(len(w)):
                total[i] += float(w[i])
    return np.array([value / count for value in total], dtype=x.dtype)


# %%
def multiclass_perceptron_update(w, x, label):
    best = 0
    for k in range(1, len(w)):
        if total_of(w[k], x) > total_of(w[best], x):
            best = k
    new = w.copy()
    if best == label:
        return new
    for row, side in ((label, 1), (best, -1)):
        new[row, 0] += side
        for i in range(len(x)):
            new[row, i + 1] += side * x[i]
    return new


# %%
def mistake_bound(w, x, y):
    length = math.sqrt(sum(float(v) ** 2 for v in w))
    margin, radius = math.inf, 0.0
    for row, t in zip(x, y):
        z = total_of(w, row)
        margin = min(margin, (z if t else -z) / length)
        radius = max(radius, math.sqrt(1 + sum(float(v) ** 2 for v in row)))
    if margin <= 0:
        return margin, radius, math.inf
    return margin, radius, radius * radius / (margin * margin)


# %%
def read_log(x, mistakes, margin):
    most = 0.0
    for row in x:
        most = max(most, 1.0 + sum(float(v) ** 2 for v in row))
    allowed = most / (margin * margin)
    made = 0
    for count in mistakes:
        if count == 0:
            return "separable", 0
        made += int(count)
    if made > allowed:
        return "not separable", 0
    return "undecided", allowed - made


# %%
def xor_network(d=2):
    hidden = [[1.0] * d for _ in range(d)]
    bars = [k + 0.5 for k in range(d)]
    top = [1.0 if k % 2 == 0 else -1.0 for k in range(d)]
    return [(hidden, bars), ([top], [0.5])]


# %%
def linearly_separable(x, y):
    rows = [[1.0] + [float(v) for v in row] for row in x]
    w = [0.0] * len(rows[0])
    made = 0
    while made <= 600:
        clean = True
        for row, t in zip(rows, y):
            z = sum(a * b for a, b in zip(w, row))
            if z >= 0 and t == 0:
                w = [a - b for a, b in zip(w, row)]
            elif z < 0 and t == 1:
                w = [a + b for a, b in zip(w, row)]
            else:
                continue
            clean = False
            made += 1
        if clean:
            return True
    return False


# %%
def count_separable(x):
    count = 0
    for code in range(2 ** len(x)):
        labels = [(code >> n) & 1 for n in range(len(x))]
        if linearly_separable(x, np.array(labels)):
            count += 1
    return count
