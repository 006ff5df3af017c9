"""The chapter on adversarial nets, written with plain Python loops and the math module."""

# %%
import math

import numpy as np


# %%
def sigma(s):
    if s >= 0:
        return 1 / (1 + math.exp(-s))
    small = math.exp(s)
    return small / (1 + small)


def soft(s):
    """ln(1 + exp(s)), without an exponential of anything positive."""
    return max(s, 0.0) + math.log1p(math.exp(-abs(s)))


# %%
def optimal_discriminator(p, q):
    d = np.empty_like(p)
    value = 0.0
    for k in range(len(p)):
        a, b = float(p[k]), float(q[k])
        if a == b == 0:
            d[k] = 0.5
            continue
        d[k] = a / (a + b)
        if a:
            value += a * math.log(a / (a + b))
        if b:
            value += b * math.log(b / (a + b))
    return d, value


# %%
def js_and_earth_mover(p, q, width):
    js, surplus, cost = 0.0, 0.0, 0.0
    for a, b in zip(map(float, p), map(float, q)):
        for own in (a, b):
            if own > 0:
                js += own / 2 * math.log(2 * own / (a + b))
        surplus += a - b
        cost += width * abs(surplus)
    return js, cost


# %%
def discriminator_loss(real, fake):
    loss = sum(soft(-float(r)) for r in real) / len(real)
    loss += sum(soft(float(f)) for f in fake) / len(fake)
    dreal, dfake = np.empty_like(real), np.empty_like(fake)
    for n, r in enumerate(real):
        dreal[n] = (sigma(float(r)) - 1) / len(real)
    for m, f in enumerate(fake):
        dfake[m] = sigma(float(f)) / len(fake)
    return loss, dreal, dfake


# %%
def generator_loss(fake, saturating=False):
    total, down = 0.0, np.empty_like(fake)
    for m, f in enumerate(map(float, fake)):
        total += -soft(f) if saturating else soft(-f)
        down[m] = (-sigma(f) if saturating else sigma(f) - 1) / len(fake)
    return total / len(fake), down


# %%
def name_the_rule(path, real, lr, tol=1e-4):
    def expert(psi, fake):
        return psi + lr * (real * sigma(-psi * real) - fake * sigma(psi * fake))

    def alternating(theta, psi, last):
        psi = expert(psi, theta)
        return theta + lr * psi * sigma(-psi * theta), psi

    def simultaneous(theta, psi, last):
        return theta + lr * psi * sigma(-psi * theta), expert(psi, theta)

    def saturating(theta, psi, last):
        psi = expert(psi, theta)
        return theta + lr * psi * sigma(psi * theta), psi

    def swapped(theta, psi, last):
        psi = psi - lr * (real * sigma(psi * real) - theta * sigma(-psi * theta))
        return theta + lr * psi * sigma(-psi * theta), psi

    def attached(theta, psi, last):
        psi = expert(psi, theta)
        weight = sigma(-psi * theta)
        return theta + lr * psi * weight, psi + lr * theta * weight

    def stale(theta, psi, last):
        psi = expert(psi, last)
        return theta + lr * psi * sigma(-psi * theta), psi

    for rule in (alternating, simultaneous, saturating, swapped, attached, stale):
        last, fits = float(path[0][0]), True
        for t in range(len(path) - 1):
            here, there = path[t], path[t + 1]
            theta, psi = map(float, here)
            new = rule(theta, psi, last)
            if abs(new[0] - there[0]) > tol or abs(new[1] - there[1]) > tol:
                fits = False
                break
            last = theta
        if fits:
            return rule.__name__
    return "none"


# %%
def run(layers, x):
    """The sums of every layer, one sample at a time, and what each layer is shown."""
    shown, sums = [list(map(float, x))], []
    for k, (w, b) in enumerate(layers):
        z = [
            float(b[i]) + sum(float(w[i, j]) * shown[-1][j] for j in range(w.shape[1]))
            for i in range(w.shape[0])
        ]
        sums.append(z)
        shown.append(z if k == len(layers) - 1 else [v if v > 0 else 0.2 * v for v in z])
    return shown, sums


def back(layers, x, dy, grads):
    """Add a sample's gradients by the layers to `grads`; return that by its input."""
    shown, sums = run(layers, x)
    dy = list(map(float, dy))
    for k in range(len(layers) - 1, -1, -1):
        w, _ = layers[k]
        if k < len(layers) - 1:
            dy = [d if z > 0 else 0.2 * d for d, z in zip(dy, sums[k])]
        for i in range(w.shape[0]):
            grads[k][1][i] += dy[i]
            for j in range(w.shape[1]):
                grads[k][0][i, j] += dy[i] * shown[k][j]
        dy = [sum(dy[i] * float(w[i, j]) for i in range(w.shape[0])) for j in range(w.shape[1])]
    return dy


def nothing(layers):
    return [(np.zeros(w.shape), np.zeros(b.shape)) for w, b in layers]


def gan_step(generator, discriminator, real, z_d, z_g, lr_d, lr_g):
    def down(layers, grads, lr):
        return [
            ((w - lr * dw).astype(real.dtype), (b - lr * db).astype(real.dtype))
            for (w, b), (dw, db) in zip(layers, grads)
        ]

    fakes = [run(generator, z)[0][-1] for z in z_d]
    r = np.array([run(discriminator, x)[0][-1][0] for x in real])
    f = np.array([run(discriminator, x)[0][-1][0] for x in fakes])
    d_loss, dreal, dfake = discriminator_loss(r, f)
    grads = nothing(discriminator)
    for x, d in [*zip(real, dreal), *zip(fakes, dfake)]:
        back(discriminator, x, [d], grads)
    new = down(discriminator, grads, lr_d)

    fresh = [run(generator, z)[0][-1] for z in z_g]
    g_loss, dscores = generator_loss(np.array([run(new, x)[0][-1][0] for x in fresh]))
    grads = nothing(generator)
    for z, x, d in zip(z_g, fresh, dscores):
        back(generator, z, back(new, x, [d], nothing(new)), grads)
    return down(generator, grads, lr_g), new, d_loss, g_loss


# %%
def mode_count(samples, centres, radius, least=1):
    counts = [0] * len(centres)
    for x in samples:
        gaps = [math.dist(x, centre) for centre in centres]
        best = gaps.index(min(gaps))
        if gaps[best] <= radius:
            counts[best] += 1
    return sum(count >= least for count in counts), sum(counts) / len(samples)


# %%
def critic_losses(real, fake, kind="wasserstein"):
    dreal, dfake = np.zeros_like(real), np.zeros_like(fake)
    critic = 0.0
    for n, r in enumerate(map(float, real)):
        if kind == "wasserstein" or r < 1:
            critic += (-r if kind == "wasserstein" else 1 - r) / len(real)
            dreal[n] = -1 / len(real)
    for m, f in enumerate(map(float, fake)):
        if kind == "wasserstein" or f > -1:
            critic += (f if kind == "wasserstein" else 1 + f) / len(fake)
            dfake[m] = 1 / len(fake)
    return critic, -sum(map(float, fake)) / len(fake), dreal, dfake


# %%
def gradient_penalty(w, b, v, real, fake, u):
    h_units, d_inputs = w.shape
    n = len(u)
    dw, db, dv = np.zeros(w.shape), np.zeros(h_units), np.zeros(h_units)
    penalty = 0.0
    for k in range(n):
        share = float(u[k])
        x = [share * float(real[k, j]) + (1 - share) * float(fake[k, j]) for j in range(d_inputs)]
        act = [
            math.tanh(float(b[i]) + sum(float(w[i, j]) * x[j] for j in range(d_inputs)))
            for i in range(h_units)
        ]
        g = [
            sum(float(v[i]) * (1 - act[i] ** 2) * float(w[i, j]) for i in range(h_units))
            for j in range(d_inputs)
        ]
        length = math.hypot(*g)
        penalty += (length - 1) ** 2 / n
        if length == 0:
            continue
        pull = [2 * (length - 1) / length * part / n for part in g]
        for i in range(h_units):
            along = sum(pull[j] * float(w[i, j]) for j in range(d_inputs))
            slope = 1 - act[i] ** 2
            dv[i] += slope * along
            change = float(v[i]) * along * -2 * act[i] * slope
            db[i] += change
            for j in range(d_inputs):
                dw[i, j] += float(v[i]) * slope * pull[j] + change * x[j]
    return penalty, dw.astype(w.dtype), db.astype(w.dtype), dv.astype(w.dtype)


# %%
def spectral_norm(w, u, steps=1):
    rows = [[float(x) for x in row.ravel()] for row in w]
    width = len(rows[0])
    u = [float(x) for x in u]
    for _ in range(steps):
        v = [sum(row[k] * ui for row, ui in zip(rows, u)) for k in range(width)]
        size = math.hypot(*v)
        v = [x / size for x in v]
        u = [sum(a * x for a, x in zip(row, v)) for row in rows]
        sigma = math.hypot(*u)
        u = [x / sigma for x in u]
    return (w / sigma).astype(w.dtype), sigma, np.array(u, w.dtype)


# %%
def frechet_distance(mean1, cov1, mean2, cov2):
    values = np.linalg.eigvals(np.asarray(cov1, float) @ np.asarray(cov2, float))
    overlap = 0.0
    for value in values:
        overlap += math.sqrt(max(float(np.real(value)), 0.0))
    distance = -2 * overlap
    for k in range(len(mean1)):
        distance += (float(mean1[k]) - float(mean2[k])) ** 2
        distance += float(cov1[k, k]) + float(cov2[k, k])
    return distance


# %%
def noise_schedule(steps, kind="linear"):
    def phi(s):
        return math.cos((s / steps + 0.008) / 1.008 * math.pi / 2) ** 2

    beta, left, share = [], [], 1.0
    for t in range(steps):
        if kind == "linear":
            noise = (0.1 + (20 - 0.1) * t / (steps - 1)) / steps
        else:
            noise = 1 - phi(t + 1) / phi(t)
        noise = min(noise, 0.999)
        share *= 1 - noise
        beta.append(noise)
        left.append(share)
    return np.array(beta), np.array(left)


# %%
def denoising_loss(layers, x0, t, noise, alpha_bar):
    noisy = np.empty_like(x0)
    grads, loss = nothing(layers), 0.0
    for n in range(len(x0)):
        share = float(alpha_bar[t[n]])
        kept, come = math.sqrt(share), math.sqrt(1 - share)
        for d in range(x0.shape[1]):
            noisy[n, d] = kept * x0[n, d] + come * noise[n, d]
        told = [*noisy[n], kept, come]
        gap = [a - float(e) for a, e in zip(run(layers, told)[0][-1], noise[n])]
        loss += sum(g * g for g in gap) / x0.size
        back(layers, told, [2 * g / x0.size for g in gap], grads)
    grads = [(dw.astype(x0.dtype), db.astype(x0.dtype)) for dw, db in grads]
    return noisy, loss, grads


# %%
def ddpm_step(x, t, predicted, noise, beta):
    left = [1.0]
    for b in map(float, beta):
        left.append(left[-1] * (1 - b))
    size, before, after = float(beta[t]), left[t], left[t + 1]
    out = np.empty_like(x)
    for n in range(x.shape[0]):
        for d in range(x.shape[1]):
            clean = float(x[n, d]) - size / math.sqrt(1 - after) * float(predicted[n, d])
            sigma_z = math.sqrt(size * (1 - before) / (1 - after)) * float(noise[n, d])
            out[n, d] = clean / math.sqrt(1 - size) + sigma_z
    return out
