"""The chapter on adversarial nets, written with einsum, masks and few names."""

# %%
import numpy as np


# %%
def expit(s):
    e = np.exp(-np.abs(s))
    return np.where(s >= 0, 1, e) / (1 + e)


def softplus(s):
    return np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s)))


def xlogy(x, y):
    out, some = np.zeros(x.shape), x > 0
    out[some] = x[some] * np.log(y[some])
    return out.sum()


# %%
def optimal_discriminator(p, q):
    d = np.full_like(p, 0.5)
    np.divide(p, p + q, out=d, where=p + q > 0)
    return d, float(xlogy(p, d) + xlogy(q, 1 - d))


# %%
def js_and_earth_mover(p, q, width):
    m = 0.5 * (p + q)
    entropy = [-xlogy(r, r) for r in (m, p, q)]
    gap = np.tril(np.ones((len(p), len(p)))) @ (p - q)
    return float(entropy[0] - (entropy[1] + entropy[2]) / 2), float(np.abs(gap).sum() * width)


# %%
def discriminator_loss(real, fake):
    labels = np.repeat(np.array([1, 0], real.dtype), [real.size, fake.size])
    s = np.concatenate([real, fake])
    weights = np.where(labels, 1 / real.size, 1 / fake.size).astype(real.dtype)
    losses = np.maximum(s, 0) - s * labels + np.log1p(np.exp(-np.abs(s)))
    down = weights * (expit(s) - labels)
    return float(weights @ losses), down[: real.size], down[real.size :]


# %%
def generator_loss(fake, saturating=False):
    sign = fake.dtype.type(1 if saturating else -1)
    return -sign * softplus(sign * fake).mean(), -expit(sign * fake) / fake.dtype.type(fake.size)


# %%
def name_the_rule(path, real, lr, tol=1e-4):
    theta, psi = path[:-1, 0], path[:-1, 1]
    stale = np.r_[theta[0], theta[:-1]]

    def expert(fake, sign=1):
        s = sign * psi
        return psi - lr * sign * (fake * expit(s * fake) - real * expit(-s * real))

    def forger(told):
        return theta + lr * told * expit(-told * theta)

    half = expert(theta)
    table = {
        "alternating": (forger(half), half),
        "simultaneous": (forger(psi), half),
        "saturating": (theta + lr * half * expit(half * theta), half),
        "swapped": (forger(expert(theta, -1)), expert(theta, -1)),
        "attached": (forger(half), half + lr * theta * expit(-half * theta)),
        "stale": (forger(expert(stale)), expert(stale)),
    }
    off = {rule: np.abs(np.transpose(found) - path[1:]).max() for rule, found in table.items()}
    return next((rule for rule, worst in off.items() if worst <= tol), "none")


# %%
def acts(layers, x):
    """Return what each layer is shown, and the output."""
    seen = [x]
    for k, (w, b) in enumerate(layers):
        z = np.einsum("nd,kd->nk", seen[-1], w) + b
        seen.append(np.maximum(z, z / 5) if k < len(layers) - 1 else z)
    return seen


def pull(layers, seen, dy):
    """Return the gradients by the input, and by the layers."""
    grads = []
    for k in reversed(range(len(layers))):
        if k < len(layers) - 1:
            dy = dy * np.where(seen[k + 1] > 0, 1, 0.2).astype(dy.dtype)
        grads.insert(0, (np.einsum("nk,nd->kd", dy, seen[k]), dy.sum(0)))
        dy = np.einsum("nk,kd->nd", dy, layers[k][0])
    return dy, grads


def gan_step(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    on_real = acts(discriminator, real)
    on_fake = acts(discriminator, acts(generator, z_d)[-1])
    d_loss, dreal, dfake = discriminator_loss(on_real[-1][:, 0], on_fake[-1][:, 0])
    parts = [
        pull(discriminator, seen, d[:, None])[1] for seen, d in ((on_real, dreal), (on_fake, dfake))
    ]
    discriminator = [
        (w - lr_d * (dw + ew), b - lr_d * (db + eb))
        for (w, b), (dw, db), (ew, eb) in zip(discriminator, *parts)
    ]
    made = acts(generator, z_g)
    seen = acts(discriminator, made[-1])
    g_loss, down = generator_loss(seen[-1][:, 0])
    _, grads = pull(generator, made, pull(discriminator, seen, down[:, None])[0])
    generator = [(w - lr_g * dw, b - lr_g * db) for (w, b), (dw, db) in zip(generator, grads)]
    return generator, discriminator, d_loss, g_loss


# %%
def mode_count(samples, centres, radius, least=1):
    squares = ((samples[:, None] - centres[None]) ** 2).sum(-1)
    whose = squares.argmin(1)
    mine = np.eye(len(centres))[whose] * (np.sqrt(squares.min(1)) <= radius)[:, None]
    return int((mine.sum(0) >= least).sum()), float(mine.sum() / len(samples))


# %%
def critic_losses(real, fake, kind="wasserstein"):
    n, m = real.dtype.type(len(real)), fake.dtype.type(len(fake))
    if kind == "hinge":
        r, f = (real < 1).astype(real.dtype), (fake > -1).astype(fake.dtype)
        loss = ((1 - real) * r).sum() / n + ((1 + fake) * f).sum() / m
    else:
        r, f = np.ones_like(real), np.ones_like(fake)
        loss = fake.mean() - real.mean()
    return float(loss), float(-fake.mean()), -r / n, f / m


# %%
def gradient_penalty(w, b, v, real, fake, u):
    x = fake + u[:, None] * (real - fake)
    h = np.tanh(np.einsum("nd,hd->nh", x, w) + b)
    s = 1 - h * h
    g = np.einsum("h,nh,hd->nd", v, s, w)
    length = np.sqrt(np.einsum("nd,nd->n", g, g))
    unit = np.divide(g, length[:, None], out=np.zeros_like(g), where=length[:, None] > 0)
    r = (length - 1)[:, None] * unit * (2 / len(u))
    back = np.einsum("nd,hd->nh", r, w)
    q = -2 * h * s * v * back
    dw = np.einsum("h,nh,nd->hd", v, s, r) + np.einsum("nh,nd->hd", q, x)
    dtype = w.dtype
    return (
        float(((length - 1) ** 2).mean()),
        dw.astype(dtype),
        q.sum(0).astype(dtype),
        np.einsum("nh,nh->h", s, back).astype(dtype),
    )


# %%
def spectral_norm(w, u, steps=1):
    m = np.reshape(w, (w.shape[0], -1))
    gram = m @ m.T
    for _ in range(steps - 1):
        u = gram @ u
        u = u / np.sqrt(u @ u)
    v = m.T @ u
    v = v / np.sqrt(v @ v)
    u = m @ v
    sigma = np.sqrt(u @ u)
    return w / sigma, float(sigma), u / sigma


# %%
def frechet_distance(mean1, cov1, mean2, cov2):
    u, s, _ = np.linalg.svd(cov1)
    root = u @ np.diag(np.sqrt(s)) @ u.T
    nuclear = np.sqrt(np.abs(np.linalg.eigvalsh(root @ cov2 @ root.T))).sum()
    gap = mean1 - mean2
    return float(gap @ gap + np.trace(cov1 + cov2) - 2 * nuclear)


# %%
def noise_schedule(steps, kind="linear"):
    if kind == "cosine":
        left = np.cos(np.pi / 2 * (np.linspace(0, 1, steps + 1) + 0.008) / 1.008) ** 2
        beta = -np.diff(left) / left[:-1]
    else:
        beta = (0.1 + 19.9 * np.linspace(0, 1, steps)) / steps
    beta = beta.clip(max=0.999)
    return beta, np.exp(np.cumsum(np.log1p(-beta)))


# %%
def denoising_loss(layers, x0, t, noise, alpha_bar):
    share = alpha_bar[t].reshape(-1, 1)
    told = np.hstack([np.sqrt(share), np.sqrt(1 - share)])
    noisy = told[:, :1] * x0 + told[:, 1:] * noise
    seen = acts(layers, np.hstack([noisy, told]))
    gap = seen[-1] - noise
    _, grads = pull(layers, seen, gap * gap.dtype.type(2 / gap.size))
    return noisy, float((gap**2).mean()), grads


# %%
def ddpm_step(x, t, predicted, noise, beta):
    left = np.cumprod(np.r_[1, 1 - beta])
    before, after = left[t], left[t + 1]
    x0 = (x - np.sqrt(1 - after) * predicted) / np.sqrt(after)
    mean = np.sqrt(before) * beta[t] * x0 + np.sqrt(1 - beta[t]) * (1 - before) * x
    sigma = np.sqrt(beta[t] * (1 - before) / (1 - after))
    return (mean / (1 - after) + sigma * noise).astype(x.dtype)
