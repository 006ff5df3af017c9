"""The chapter on energy models, with whole arrays."""

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
    return (-np.sum((x @ w) * h, axis=1) - x @ b - h @ d).astype(x.dtype)


# %%
def rbm_joint(w: Array, b: Array, d: Array) -> tuple[Array, float]:
    X, H = binary_states(w.shape[0]), binary_states(w.shape[1])
    scores = X @ w @ H.T + (X @ b)[:, None] + H @ d
    top = scores.max()
    log_z = top + np.log(np.sum(np.exp(scores - top)))
    return np.exp(scores - log_z).astype(w.dtype), float(log_z)


# %%
def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    rows, columns = joint.shape
    V, H = rows.bit_length() - 1, columns.bit_length() - 1
    log = np.log(joint) - np.log(joint[0, 0])
    i = 2 ** np.arange(V)[::-1]
    j = 2 ** np.arange(H)[::-1]
    b, d = log[i, 0], log[0, j]
    w = log[np.ix_(i, j)] - b[:, None] - d
    return w, b, d


# %%
def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    p_h = logistic(x @ w + d)
    p_x = logistic(h @ w.T + b)
    return p_h.astype(x.dtype), p_x.astype(x.dtype)


# %%
def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    z = x @ w + d
    return (-(x @ b) - np.logaddexp(0, z).sum(axis=1)).astype(x.dtype)


# %%
def cd1_update(
    x: Array, w: Array, b: Array, d: Array, u_h: Array, u_x: Array, lr: float
) -> tuple[Array, Array, Array]:
    N = len(x)
    p_h = logistic(x @ w + d)
    h = (u_h < p_h).astype(w.dtype)
    p_x = logistic(h @ w.T + b)
    x1 = (u_x < p_x).astype(w.dtype)
    h1 = logistic(x1 @ w + d)
    w = w + lr * (x.T @ p_h - x1.T @ h1) / N
    b = b + lr * (x - x1).mean(axis=0)
    d = d + lr * (p_h - h1).mean(axis=0)
    return w, b, d


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
    for draw_h, draw_x in zip(u_h, u_x):
        h = (draw_h < logistic(chain @ w + d)).astype(w.dtype)
        chain = (draw_x < logistic(h @ w.T + b)).astype(w.dtype)
    N, M = len(x), len(chain)
    p_h = logistic(x @ w + d)
    dream = logistic(chain @ w + d)
    new_w = w + lr * (x.T @ p_h / N - chain.T @ dream / M)
    new_b = b + lr * (x.mean(axis=0) - chain.mean(axis=0))
    new_d = d + lr * (p_h.mean(axis=0) - dream.mean(axis=0))
    return new_w, new_b, new_d, chain


# %%
def diagnose_update(
    x: Array, before: Rbm, after: Rbm, u_h: Array, u_x: Array, lr: float, tol: float = 1e-4
) -> str:
    w, b, d = before
    N = len(x)
    p_h = logistic(x @ w + d)
    h = 1.0 * (u_h < p_h)

    def changes(up, down):
        x1 = 1.0 * (u_x < logistic(down @ w.T + b))
        h1 = logistic(x1 @ w + d)
        return lr * (x.T @ up - x1.T @ h1), lr * (x - x1).sum(axis=0), lr * (up - h1).sum(axis=0)

    def step(scale, dw, db, dd):
        return w + scale * dw, b + scale * db, d + scale * dd

    right = changes(p_h, h)
    table = [
        ("right", step(1 / N, *right)),
        ("reversed", step(-1 / N, *right)),
        ("frozen", step(1 / N, right[0], 0, 0)),
        ("summed", step(1, *right)),
        ("sampled", step(1 / N, *changes(h, h))),
        ("unsampled", step(1 / N, *changes(p_h, p_h))),
    ]
    for name, machine in table:
        if all(np.all(np.abs(a - m) <= tol) for a, m in zip(after, machine)):
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
    done = []
    for machine, (u_h, u_x) in zip(layers, uniforms):
        for rows, draw_h, draw_x in zip(batches, u_h, u_x):
            machine = cd1_update(x[rows], *machine, draw_h, draw_x, lr)
        done.append(machine)
        x = logistic(x @ machine[0] + machine[2])
    return done, x


# %%
def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    mean = x.mean(axis=0)
    centred = x - mean
    covariance = centred.T @ centred / len(x)
    values, vectors = np.linalg.eigh(covariance)
    U = vectors[:, ::-1][:, :k]
    return mean, U @ U.T, values[::-1][:k].copy()


# %%
def autoencoder_backward(
    x: Array, target: Array, w: Array, b: Array, d: Array, w2: Array | None = None
) -> tuple[float, Array, Array, Array, Array | None]:
    N = len(x)
    W2 = w.T if w2 is None else w2
    h = logistic(x @ w.T + b)
    y = logistic(h @ W2.T + d)
    gap = y - target
    loss = 0.5 * np.sum(gap**2) / N
    dz2 = gap * y * (1 - y) / N
    dz1 = (dz2 @ W2) * h * (1 - h)
    dW2 = dz2.T @ h
    dW = dz1.T @ x
    db, dd = dz1.sum(axis=0), dz2.sum(axis=0)
    if w2 is None:
        return float(loss), dW + dW2.T, db, dd, None
    return float(loss), dW, db, dd, dW2


# %%
def sparse_penalty(h: Array, rho: float = 0.05) -> tuple[float, Array]:
    active = h.mean(axis=0)
    penalty = np.sum(rho * np.log(rho / active) + (1 - rho) * np.log((1 - rho) / (1 - active)))
    slope = (1 - rho) / (1 - active) - rho / active
    dh = np.broadcast_to(slope / len(h), h.shape)
    return float(penalty), dh.astype(h.dtype)


# %%
def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    W = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(W, 0)
    s = start.copy()
    energies = np.empty(len(order) + 1)
    energies[0] = -(s @ W @ s) / 2
    for t, i in enumerate(order):
        field = W[i] @ s
        if abs(field) > 1e-12:
            s[i] = np.sign(field)
        energies[t + 1] = -(s @ W @ s) / 2
    return s, energies


# %%
def vae_elbo(
    x: Array, mu: Array, log_var: Array, w: Array, b: Array, eps: Array
) -> tuple[float, float, Array, Array]:
    _, N, _ = eps.shape
    D = x.shape[1]
    var = np.exp(log_var)
    sigma = np.sqrt(var)
    z = mu + sigma * eps
    gap = x - (z @ w.T + b)
    reconstruction = np.mean(-D / 2 * np.log(2 * np.pi) - (gap**2).sum(axis=2) / 2)
    kl = np.mean(0.5 * (mu**2 + var - log_var - 1).sum(axis=1))
    dz = gap @ w
    dmu = dz.mean(axis=0) - mu
    dlog_var = (dz * eps * sigma / 2).mean(axis=0) - (var - 1) / 2
    return (
        float(reconstruction),
        float(kl),
        (dmu / N).astype(x.dtype),
        (dlog_var / N).astype(x.dtype),
    )
