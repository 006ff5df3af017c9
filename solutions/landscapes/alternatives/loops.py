"""The chapter on landscapes, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def convexity_violation(f, x, y, alpha):
    found = []
    for a in alpha:
        point = x.copy()
        for i in range(len(x)):
            point[i] = a * x[i] + (1 - a) * y[i]
        found.append(float(f(point)) - float(a) * float(f(x)) - (1 - float(a)) * float(f(y)))
    return np.array(found)


# %%
def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    functions, n = heights.shape
    for number in range(functions):
        worst, where = tol, None
        for j in range(n):
            for i in range(j):
                for k, a in enumerate(alpha):
                    string = a * heights[number, i] + (1 - a) * heights[number, j]
                    v = between[number, i, j, k] - string
                    if number >= functions - equalities:
                        v = abs(v)
                    if v > worst:
                        worst, where = v, (number, i, j, a)
        if where is not None:
            return where
    return None


# %%
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    raw = [[0.0] * d for _ in range(d)]
    for j in range(d):
        up, down = x.copy(), x.copy()
        up[j] += h
        down[j] -= h
        above, below = gradient(up), gradient(down)
        for i in range(d):
            raw[i][j] = (float(above[i]) - float(below[i])) / (2 * h)
    return np.array([[(raw[i][j] + raw[j][i]) / 2 for j in range(d)] for i in range(d)])


# %%
def classify_critical_point(hessian, tol=1e-6):
    values, vectors = np.linalg.eigh(hessian)
    above = below = 0
    for value in values:
        above += value > tol
        below += value < -tol
    if above and below:
        kind = "saddle"
    elif above + below < len(values):
        kind = "degenerate"
    else:
        kind = "maximum" if below else "minimum"
    escape = np.zeros_like(hessian[0])
    if below:
        column = [float(row[0]) for row in vectors]
        largest = max(column, key=abs)
        for i, entry in enumerate(column):
            escape[i] = math.copysign(1, largest) * entry
    return kind, escape


# %%
def top_curvature(gradient, x, v, steps, h=1e-4):
    length = math.sqrt(sum(float(entry) ** 2 for entry in v))
    v = np.array([float(entry) / length for entry in v])
    while True:
        ahead, behind = gradient(x + h * v), gradient(x - h * v)
        product = [(float(a) - float(b)) / (2 * h) for a, b in zip(ahead, behind)]
        if steps == 0:
            return sum(p * float(q) for p, q in zip(product, v)), v
        length = math.sqrt(sum(p * p for p in product))
        if length > 0:
            v = np.array([p / length for p in product])
        steps -= 1


# %%
def bowl_from_path(path, lr):
    curvatures = []
    for start, middle, end in zip(*[[float(c) for c in row] for row in path[:3]]):
        curvatures.append((1 - (end - middle) / (middle - start)) / lr)
    small, large = min(curvatures), max(curvatures)
    best = 2 / (small + large)
    return large / small, best, max(abs(1 - best * small), abs(1 - best * large))


# %%
def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    values, vectors = np.linalg.eigh(hessian.astype(float))
    new = x.astype(float)
    for k in range(len(values)):
        size = abs(values[k]) if saddle_free else values[k]
        along = sum(float(vectors[i, k]) * float(grad[i]) for i in range(len(grad)))
        for i in range(len(x)):
            new[i] -= vectors[i, k] * along / (size + damping)
    return new.astype(x.dtype)


# %%
def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    path = np.empty((len(noise) + 1, len(x)), x.dtype)
    path[0] = x
    for t in range(len(noise)):
        here = path[t].copy()
        if math.hypot(*map(float, gradient(here))) < flat:
            here += noise[t]
        path[t + 1] = here - lr * gradient(here)
    return path


# %%
def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    best, value, values = None, math.inf, []
    for start in starts:
        x = start.copy()
        for _ in range(steps):
            x -= lr * gradient(x)
        values.append(float(f(x)))
        if values[-1] < value:  # never true of NaN
            best, value = x, values[-1]
    return best, value, len([v for v in values if v - value <= tol])


# %%
def cosine_cycle_lr(total, cycles, lr0=0.1):
    length = math.ceil(total / cycles)
    rates, snapshots, place = [], [], 0
    for t in range(1, total + 1):
        rates.append(lr0 * math.cos(math.pi * place / (2 * length)) ** 2)
        place += 1
        if place == length or t == total:
            snapshots.append(t)
            place = 0
    return np.array(rates), np.array(snapshots)


# %%
def average_two_ways(x, nets):
    def answers(layers):
        (w1, b1), (w2, b2) = layers
        rows = []
        for sample in x:
            hidden = [max(0.0, float(w @ sample + b)) for w, b in zip(w1, b1)]
            scores = [sum(float(a) * h for a, h in zip(w, hidden)) + b for w, b in zip(w2, b2)]
            top = max(scores)
            weights = [math.exp(score - top) for score in scores]
            rows.append([weight / sum(weights) for weight in weights])
        return np.array(rows)

    ensemble = 0
    for net in nets:
        ensemble = ensemble + answers(net) / len(nets)
    mean = []
    for number in range(2):
        w = sum(net[number][0].astype(float) for net in nets) / len(nets)
        b = sum(net[number][1].astype(float) for net in nets) / len(nets)
        mean.append((w, b))
    return ensemble.astype(x.dtype), answers(mean).astype(x.dtype)


# %%
def sam_step(param, gradient, lr=0.1, rho=0.05):
    uphill = gradient(param)
    length = math.sqrt(math.fsum(float(g) ** 2 for g in uphill.ravel()))
    there = param.copy()
    if length:
        for index, g in np.ndenumerate(uphill):
            there[index] += rho * float(g) / length
    return param - lr * gradient(there)


# %%
def alternating_minimisation(x, h, steps, lam=0.0):
    x64, h = x.astype(float), h.astype(float)
    k = len(h)
    losses = []
    for _ in range(steps):
        inverse = np.linalg.inv(h @ h.T + lam * np.eye(k))
        w = np.array([inverse @ (h @ row) for row in x64])
        inverse = np.linalg.inv(w.T @ w + lam * np.eye(k))
        h = np.array([inverse @ (w.T @ column) for column in x64.T]).T
        loss = sum(float(v) ** 2 for v in (x64 - w @ h).ravel())
        for part in (w, h):
            loss += lam * sum(float(v) ** 2 for v in part.ravel())
        losses.append(loss)
    return w.astype(x.dtype), h.astype(x.dtype), np.array(losses).astype(x.dtype)


# %%
def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    middles, widths = [(lo + hi) / 2], [hi - lo]
    values = [float(f(middles[0]))]
    best, value = middles[0], values[0]
    while True:
        bounds = [v - lipschitz * w / 2 for v, w in zip(values, widths)]
        k = bounds.index(min(bounds))
        if value - bounds[k] <= tol:
            return best, value, bounds[k]
        middle, width, _ = middles.pop(k), widths.pop(k), values.pop(k)
        for side in (-1, 1):
            m = middle + side * width / 4
            v = float(f(m))
            middles.append(m)
            widths.append(width / 2)
            values.append(v)
            if v < value:
                best, value = m, v
