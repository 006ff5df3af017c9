"""The chapter on energy models, with plain loops."""

# %%
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

Rbm = tuple[Array, Array, Array]


# %%
def logistic(z: Array) -> Array:
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


# %%
def binary_states(n: int) -> Array:
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


# %%
def rbm_energy(x: Array, h: Array, w: Array, b: Array, d: Array) -> Array:
    energies = np.empty(len(x), dtype=x.dtype)
    for n in range(len(x)):
        total = 0.0
        for i in range(w.shape[0]):
            for j in range(w.shape[1]):
                total -= x[n, i] * w[i, j] * h[n, j]
        for i in range(len(b)):
            total -= b[i] * x[n, i]
        for j in range(len(d)):
            total -= d[j] * h[n, j]
        energies[n] = total
    return energies


# %%
def rbm_joint(w: Array, b: Array, d: Array) -> tuple[Array, float]:
    visible, hidden = binary_states(len(b)), binary_states(len(d))
    minus = np.empty((len(visible), len(hidden)))
    for i, x in enumerate(visible):
        for j, h in enumerate(hidden):
            minus[i, j] = x @ w @ h + b @ x + d @ h
    largest = minus.max()
    log_z = float(largest + np.log(np.exp(minus - largest).sum()))
    return np.exp(minus - log_z).astype(w.dtype), log_z


# %%
def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    n_visible = int(np.log2(joint.shape[0]) + 0.5)
    n_hidden = int(np.log2(joint.shape[1]) + 0.5)
    log = np.log(joint)
    b = np.zeros(n_visible, joint.dtype)
    d = np.zeros(n_hidden, joint.dtype)
    w = np.zeros((n_visible, n_hidden), joint.dtype)
    for i in range(n_visible):
        b[i] = log[2 ** (n_visible - 1 - i), 0] - log[0, 0]
    for j in range(n_hidden):
        d[j] = log[0, 2 ** (n_hidden - 1 - j)] - log[0, 0]
    for i in range(n_visible):
        for j in range(n_hidden):
            both = log[2 ** (n_visible - 1 - i), 2 ** (n_hidden - 1 - j)] - log[0, 0]
            w[i, j] = both - b[i] - d[j]
    return w, b, d


# %%
def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    p_h = np.zeros((len(x), len(d)), dtype=x.dtype)
    p_x = np.zeros((len(x), len(b)), dtype=x.dtype)
    for n in range(len(x)):
        for j in range(len(d)):
            p_h[n, j] = logistic(d[j] + x[n] @ w[:, j])
        for i in range(len(b)):
            p_x[n, i] = logistic(b[i] + w[i] @ h[n])
    return p_h, p_x


# %%
def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    free = np.zeros(len(x), dtype=x.dtype)
    for n in range(len(x)):
        total = -float(b @ x[n])
        for j in range(len(d)):
            z = float(d[j] + x[n] @ w[:, j])
            total -= max(z, 0.0) + np.log1p(np.exp(-abs(z)))
        free[n] = total
    return free


# %%
def cd1_update(
    x: Array, w: Array, b: Array, d: Array, u_h: Array, u_x: Array, lr: float
) -> tuple[Array, Array, Array]:
    dw, db, dd = np.zeros_like(w), np.zeros_like(b), np.zeros_like(d)
    for n in range(len(x)):
        p_h = logistic(x[n] @ w + d)
        h = (u_h[n] < p_h).astype(w.dtype)
        p_x = logistic(w @ h + b)
        x_new = (u_x[n] < p_x).astype(w.dtype)
        h_new = logistic(x_new @ w + d)
        dw += np.outer(x[n], p_h) - np.outer(x_new, h_new)
        db += x[n] - x_new
        dd += p_h - h_new
    rate = lr / len(x)
    return w + rate * dw, b + rate * db, d + rate * dd


# %%
def persistent_cd_update(
    x: Array,
    chain: Array,
    w: Array,
    b: Array,
    d: Array,
    u_h: Array,
    u_x: Array,
    lr: float,
) -> tuple[Array, Array, Array, Array]:
    state = np.array(chain, dtype=w.dtype)
    for step in range(len(u_h)):
        for m in range(len(state)):
            h = (u_h[step, m] < logistic(state[m] @ w + d)).astype(w.dtype)
            state[m] = u_x[step, m] < logistic(w @ h + b)
    dw, db, dd = np.zeros_like(w), np.zeros_like(b), np.zeros_like(d)
    for image in x:
        p_h = logistic(image @ w + d)
        dw += np.outer(image, p_h) / len(x)
        db += image / len(x)
        dd += p_h / len(x)
    for dream in state:
        p_h = logistic(dream @ w + d)
        dw -= np.outer(dream, p_h) / len(state)
        db -= dream / len(state)
        dd -= p_h / len(state)
    return w + lr * dw, b + lr * db, d + lr * dd, state


# %%
def diagnose_update(
    x: Array, before: Rbm, after: Rbm, u_h: Array, u_x: Array, lr: float, tol: float = 1e-4
) -> str:
    w, b, d = before
    p_h = logistic(x @ w + d)
    h = (u_h < p_h).astype(float)

    def change(plus_h, driver, share=None):
        share = 1 / len(x) if share is None else share
        x_new = (u_x < logistic(driver @ w.T + b)).astype(float)
        h_new = logistic(x_new @ w + d)
        dw, db, dd = np.zeros(w.shape), np.zeros(b.shape), np.zeros(d.shape)
        for n in range(len(x)):
            dw += np.outer(x[n], plus_h[n]) - np.outer(x_new[n], h_new[n])
            db += x[n] - x_new[n]
            dd += plus_h[n] - h_new[n]
        return [lr * share * dw, lr * share * db, lr * share * dd]

    right = change(p_h, h)
    known = {
        "right": right,
        "reversed": [-part for part in right],
        "frozen": [right[0], 0 * right[1], 0 * right[2]],
        "summed": change(p_h, h, 1),
        "sampled": change(h, h),
        "unsampled": change(p_h, p_h),
    }
    for name, changes in known.items():
        gaps = [np.abs(a - (p + c)).max() for a, p, c in zip(after, before, changes)]
        if max(gaps) <= tol:
            return name
    return "unknown"


# %%
def dbn_pretrain(
    x: Array,
    layers: list[Rbm],
    batches: NDArray[np.integer],
    uniforms: list[tuple[Array, Array]],
    lr: float,
) -> tuple[list[Rbm], Array]:
    trained, data = [], x
    for (w, b, d), (u_h, u_x) in zip(layers, uniforms):
        for s in range(len(batches)):
            w, b, d = cd1_update(data[batches[s]], w, b, d, u_h[s], u_x[s], lr)
        trained.append((w, b, d))
        data = logistic(data @ w + d)
    return trained, data


# %%
def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    n, size = x.shape
    mean = x.mean(axis=0)
    away = x - mean
    _, s, vt = np.linalg.svd(away, full_matrices=False)
    projector = np.zeros((size, size), dtype=x.dtype)
    variances = []
    for i in range(k):
        projector += np.outer(vt[i], vt[i])
        variances.append(s[i] ** 2 / n)
    return mean, projector, np.array(variances, dtype=x.dtype)


# %%
def autoencoder_backward(
    x: Array, target: Array, w: Array, b: Array, d: Array, w2: Array | None = None
) -> tuple[float, Array, Array, Array, Array | None]:
    tied = w2 is None
    back = w.T if tied else w2
    dw, db, dd, dback = (np.zeros_like(part) for part in (w, b, d, back))
    loss, count = 0.0, len(x)
    for n in range(count):
        h = logistic(w @ x[n] + b)
        y = logistic(back @ h + d)
        gap = y - target[n]
        loss += 0.5 * float(gap @ gap) / count
        dy = gap * y * (1 - y) / count
        dh = (back.T @ dy) * h * (1 - h)
        dback += np.outer(dy, h)
        dd += dy
        dw += np.outer(dh, x[n])
        db += dh
    if tied:
        return loss, dw + dback.T, db, dd, None
    return loss, dw, db, dd, dback


# %%
def sparse_penalty(h: Array, rho: float = 0.05) -> tuple[float, Array]:
    count, units = h.shape
    penalty, dh = 0.0, np.zeros_like(h)
    for j in range(units):
        active = float(h[:, j].mean())
        penalty += rho * np.log(rho / active) + (1 - rho) * np.log((1 - rho) / (1 - active))
        slope = -rho / active + (1 - rho) / (1 - active)
        for n in range(count):
            dh[n, j] = slope / count
    return float(penalty), dh


# %%
def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    size = len(start)
    w = np.zeros((size, size))
    for pattern in patterns:
        for i in range(size):
            for j in range(size):
                if i != j:
                    w[i, j] += pattern[i] * pattern[j] / size
    state = start.copy()
    energies = [-0.5 * state @ w @ state]
    for i in order:
        field = w[i] @ state
        if field > 1e-12:
            state[i] = 1
        elif field < -1e-12:
            state[i] = -1
        energies.append(-0.5 * state @ w @ state)
    return state, np.array(energies)


# %%
def vae_elbo(
    x: Array, mu: Array, log_var: Array, w: Array, b: Array, eps: Array
) -> tuple[float, float, Array, Array]:
    draws, count, _ = eps.shape
    pixels = x.shape[1]
    reconstruction, kl = 0.0, 0.0
    dmu, dlog_var = np.zeros_like(mu), np.zeros_like(log_var)
    for n in range(count):
        sigma = np.exp(log_var[n] / 2)
        for e in eps[:, n]:
            z = mu[n] + sigma * e
            gap = x[n] - (w @ z + b)
            reconstruction += -pixels / 2 * np.log(2 * np.pi) - 0.5 * float(gap @ gap)
            dz = w.T @ gap / draws
            dmu[n] += dz
            dlog_var[n] += dz * e * sigma / 2
        kl += 0.5 * float(np.sum(mu[n] ** 2 + sigma**2 - log_var[n] - 1))
        dmu[n] -= mu[n]
        dlog_var[n] -= (sigma**2 - 1) / 2
    dtype = x.dtype
    dmu, dlog_var = (dmu / count).astype(dtype), (dlog_var / count).astype(dtype)
    return float(reconstruction / (count * draws)), kl / count, dmu, dlog_var
