"""The chapter on landscapes, in other words: heaps, solves, einsum and broadcasting."""

# %%
import heapq
from functools import reduce

import numpy as np


# %%
def convexity_violation(f, x, y, alpha):
    share = np.asarray(alpha)[:, None]
    curve = np.array([f(point) for point in y + share * (x - y)])
    return curve - (f(y) + np.asarray(alpha) * (f(x) - f(y)))


# %%
def refute_convex_program(heights, between, equalities, alpha, tol=1e-9):
    v = between - heights[:, :, None, None] * alpha - heights[:, None, :, None] * (1 - alpha)
    v[len(v) - equalities :] = np.abs(v[len(v) - equalities :])
    v = np.where(np.isnan(v), -np.inf, v)
    guilty = np.flatnonzero(v.max(axis=(1, 2, 3)) > tol)
    if not guilty.size:
        return None
    table = v[guilty[0]]
    i, j, k = np.unravel_index(table.argmax(), table.shape)
    return [guilty[0], i, j, alpha[k]]


# %%
def numerical_hessian(gradient, x, h=1e-4):
    raw = np.empty((x.size, x.size))
    for j, e in enumerate(np.identity(x.size)):
        raw[:, j] = gradient(x + h * e) / (2 * h) - gradient(x - h * e) / (2 * h)
    return 0.5 * raw + 0.5 * raw.T


# %%
def classify_critical_point(hessian, tol=1e-6):
    values, vectors = np.linalg.eigh(hessian)
    signs = np.where(np.abs(values) <= tol, 0, np.sign(values)).astype(int)
    seen = set(signs.tolist())
    if {1, -1} <= seen:
        kind = "saddle"
    else:
        kind = "degenerate" if 0 in seen else {1: "minimum", -1: "maximum"}[seen.pop()]
    if values[0] >= -tol:
        return kind, np.zeros(len(values), hessian.dtype)
    v = vectors.T[0]
    return kind, (-v if -v.min() > v.max() else v)


# %%
def top_curvature(gradient, x, v, steps, h=1e-4):
    hvp = lambda u: (gradient(x + h * u) - gradient(x - h * u)) * (0.5 / h)
    unit = lambda u, old: u / np.sqrt(u @ u) if np.any(u) else old
    v = reduce(lambda u, _: unit(hvp(u), u), range(steps), unit(v, v))
    return v @ hvp(v), v


# %%
def bowl_from_path(path, lr):
    first, second = path[1] - path[0], path[2] - path[1]
    curvature = np.sort((first - second) / (lr * first))
    kappa = curvature[-1] / curvature[0]
    return kappa, 2 / (curvature[0] + curvature[-1]), 1 - 2 / (kappa + 1)


# %%
def newton_step(x, grad, hessian, saddle_free=False, damping=0.0):
    if saddle_free:
        values, q = np.linalg.eigh(hessian)
        hessian = np.einsum("ik,k,jk->ij", q, np.abs(values), q)
    matrix = hessian + damping * np.identity(len(x), hessian.dtype)
    return (x - np.linalg.solve(matrix, grad)).astype(x.dtype)


# %%
def perturbed_gradient_descent(x, gradient, noise, lr, flat):
    path = [x]
    for push in noise:
        x = path[-1]
        pushed = x + push * (np.sum(gradient(x) ** 2) < flat**2)
        path.append(pushed - lr * gradient(pushed))
    return np.stack(path)


# %%
def random_restarts(f, gradient, starts, lr, steps, tol=1e-6):
    ends = np.array(starts)
    for _ in range(steps):
        ends = ends - lr * np.array([gradient(x) for x in ends])
    values = np.array([f(x) for x in ends])
    values = np.where(np.isnan(values), np.inf, values)
    best = values.argmin()
    found = np.count_nonzero(values - values.min() <= tol)
    return ends[best].astype(starts.dtype), values[best], found


# %%
def cosine_cycle_lr(total, cycles, lr0=0.1):
    length = (total + cycles - 1) // cycles
    rates = np.tile(np.cos(np.linspace(0, np.pi, length, endpoint=False)), cycles + 1)[:total]
    ends = np.arange(length, total + length, length)
    return lr0 * (1 + rates) / 2, np.minimum(ends, total)


# %%
def average_two_ways(x, nets):
    first, second = zip(*nets)
    w1, b1, w2, b2 = (np.stack(part) for layer in (first, second) for part in zip(*layer))

    def answers(w1, b1, w2, b2):
        h = np.einsum("nd,mhd->mnh", x, w1) + b1[:, None]
        z = np.einsum("mnh,mkh->mnk", np.where(h > 0, h, 0), w2) + b2[:, None]
        z = z - z.max(axis=-1, keepdims=True)
        return np.exp(z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))

    mean = [part.mean(axis=0, keepdims=True) for part in (w1, b1, w2, b2)]
    return answers(w1, b1, w2, b2).mean(axis=0), answers(*mean)[0]


# %%
def sam_step(param, gradient, lr=0.1, rho=0.05):
    g = gradient(param)
    norm = np.linalg.norm(g.ravel())
    scale = np.divide(rho, norm, where=norm > 0, out=np.zeros((), g.dtype))
    return param - (lr * gradient(param + scale * g)).astype(param.dtype)


# %%
def alternating_minimisation(x, h, steps, lam=0.0):
    k, dtype = len(h), x.dtype
    root = np.sqrt(lam) * np.identity(k)
    losses = []
    for _ in range(steps):  # ridge regression as least squares with more rows
        w = np.linalg.lstsq(np.vstack([h.T, root]), np.vstack([x.T, 0 * h @ x.T]), rcond=None)[0].T
        h = np.linalg.lstsq(np.vstack([w, root]), np.vstack([x, 0 * w.T @ x]), rcond=None)[0]
        parts = [np.linalg.norm(part) ** 2 for part in (x - w @ h, w, h)]
        losses.append(parts[0] + lam * (parts[1] + parts[2]))
    return w.astype(dtype), h.astype(dtype), np.array(losses, dtype)


# %%
def branch_and_bound_1d(f, lo, hi, lipschitz, tol):
    def entry(left, right):
        middle = 0.5 * left + 0.5 * right
        value = f(middle)
        return value - 0.5 * lipschitz * (right - left), middle, value, left, right

    heap = [entry(lo, hi)]
    best = heap[0][2], heap[0][1]
    while best[0] - heap[0][0] > tol:
        _, middle, _, left, right = heapq.heappop(heap)
        for half in (entry(left, middle), entry(middle, right)):
            heapq.heappush(heap, half)
            best = min(best, (half[2], half[1]))
    return best[1], best[0], heap[0][0]
