# mypy: allow-untyped-defs
"""Adversarial nets and diffusion: losses from scores, steps of the game, leashes, and noise.

A net's products run on the core's product of matrices, and what stands between them in one pass
over the numbers; sums are taken by stretches, so that any number of threads gives the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import matmul
from reference.kernels.losses import squares_parallel, squares_serial
from reference.kernels.vector import (
    STRETCH,
    exp,
    jobs,
    like,
    log,
    parts,
    relu,
    stretch,
    stretches,
    tanh,
    total,
)

__all__ = [
    "critic_losses",
    "ddpm_step",
    "denoising_loss",
    "discriminator_loss",
    "frechet_distance",
    "gan_step",
    "generator_loss",
    "gradient_penalty",
    "js_and_earth_mover",
    "mode_count",
    "name_the_rule",
    "noise_schedule",
    "optimal_discriminator",
    "spectral_norm",
]

Array = NDArray[Any]
Layers = list[tuple[Array, Array]]

# --- distributions --------------------------------------------------------------------------------


def _entropies(p: Array, of: Array) -> float:
    """Return the sum of p ln(of), where p is not zero."""
    return math.fsum(float(a) * math.log(float(b)) for a, b in zip(p, of, strict=True) if a > 0)


@contract("p (K) >= 0, q (K) >= 0 -> p")
def optimal_discriminator(p: Array, q: Array) -> tuple[Array, float]:
    """See `solutions.adversarial.chapter.optimal_discriminator`."""
    both = np.asarray(p, np.float64) + q
    never = both == 0
    both[never] = 1
    d, other = p / both, q / both
    value = _entropies(p, d) + _entropies(q, other)
    d[never] = 0.5
    return d.astype(p.dtype), value


@contract("p double (K) >= 0, q double (K) >= 0, width real >= 0")
def js_and_earth_mover(p: Array, q: Array, width: float) -> tuple[float, float]:
    """See `solutions.adversarial.chapter.js_and_earth_mover`."""
    middle = (p + q) / 2
    js = (_entropies(p, p) + _entropies(q, q) - _entropies(p, middle) - _entropies(q, middle)) / 2
    crossing, moved = 0.0, 0.0
    for surplus in p - q:
        crossing += float(surplus)
        moved += abs(crossing)
    return js, width * moved


# --- losses from scores ---------------------------------------------------------------------------


def _soft(z: Array, way: Any, share: Any, down: Array) -> Any:
    """Fill the gradients of share times ln(1 + exp(way z)), and return the sum without the share.

    The gradients keep their digits at both ends: nothing is taken from 1.
    """
    zero, one, sums = like(share, 0), like(share, 1), stretches(z)
    for job in prange(jobs(sums)):
        losses = np.empty(STRETCH, z.dtype)
        for part in range(*parts(job, sums)):
            first, last = stretch(part, z.size)
            scores, some = z[first:last], down[first:last]
            for i in range(scores.size):
                s = way * scores[i]
                small = exp(-abs(s))
                mass = one + small
                chance = one / mass
                rest = log(mass) + (small - (mass - one)) * chance  # rounding took it from mass
                losses[i] = relu(s) + rest
                some[i] = share * way * (chance if s >= zero else small * chance)
            sums[part] = total(losses[: scores.size])
    return total(sums)


_soft_serial = njit(**SERIAL)(_soft)
_soft_parallel = njit(**PARALLEL)(_soft)


def _hinge(z: Array, way: Any, share: Any, down: Array) -> Any:
    """Fill the gradients of share times max(0, 1 + way z), and return the sum without the share."""
    zero, one, sums = like(share, 0), like(share, 1), stretches(z)
    for job in prange(jobs(sums)):
        losses = np.empty(STRETCH, z.dtype)
        for part in range(*parts(job, sums)):
            first, last = stretch(part, z.size)
            scores, some = z[first:last], down[first:last]
            for i in range(scores.size):
                s = one + way * scores[i]
                losses[i] = relu(s)
                some[i] = share * way if s > zero else zero
            sums[part] = total(losses[: scores.size])
    return total(sums)


_hinge_serial = njit(**SERIAL)(_hinge)
_hinge_parallel = njit(**PARALLEL)(_hinge)


def _mean_loss(kernels: tuple[Any, Any], z: Array, way: int) -> tuple[float, Array]:
    """Return the mean of a loss over scores and its gradient; `way` is the sign of the scores."""
    down, kind = np.empty_like(z), z.dtype.type
    run = kernels[z.size >= SMALL]
    return float(run(z, kind(way), kind(1 / z.size), down)) / z.size, down


_SOFT, _HINGE = (_soft_serial, _soft_parallel), (_hinge_serial, _hinge_parallel)


@contract("real (N), fake (M)", "N >= 1", "M >= 1")
def discriminator_loss(real: Array, fake: Array) -> tuple[float, Array, Array]:
    """See `solutions.adversarial.chapter.discriminator_loss`."""
    missed, dreal = _mean_loss(_SOFT, real, -1)
    fooled, dfake = _mean_loss(_SOFT, fake, 1)
    return missed + fooled, dreal, dfake


@contract("fake (M), saturating flag -> fake", "M >= 1")
def generator_loss(fake: Array, saturating: bool = False) -> tuple[float, Array]:
    """See `solutions.adversarial.chapter.generator_loss`."""
    loss, dfake = _mean_loss(_SOFT, fake, 1 if saturating else -1)
    return (-loss, -dfake) if saturating else (loss, dfake)


@contract("real (N), fake (M), kind 'wasserstein' | 'hinge'", "N >= 1", "M >= 1")
def critic_losses(
    real: Array, fake: Array, kind: str = "wasserstein"
) -> tuple[float, float, Array, Array]:
    """See `solutions.adversarial.chapter.critic_losses`."""
    generator = -float(np.mean(fake, dtype=np.float64))
    if kind == "hinge":
        missed, dreal = _mean_loss(_HINGE, real, -1)
        fooled, dfake = _mean_loss(_HINGE, fake, 1)
        return missed + fooled, generator, dreal, dfake
    dreal, dfake = np.full_like(real, -1 / real.size), np.full_like(fake, 1 / fake.size)
    return -generator - float(np.mean(real, dtype=np.float64)), generator, dreal, dfake


# --- a game of two numbers ------------------------------------------------------------------------


def _sigma(s: float) -> float:
    small = math.exp(-abs(s))
    return (1 if s >= 0 else small) / (1 + small)


def _steps(
    theta: float, psi: float, before: float, real: float, lr: float
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield each rule with where it leads to, in the order of the text's table."""

    def seen(fake: float, sign: int = 1) -> float:
        """Return psi after the discriminator's half; sign -1: with its labels exchanged."""
        away = fake * _sigma(sign * psi * fake) - real * _sigma(-sign * psi * real)
        return psi - lr * sign * away

    def fooled(psi: float) -> float:
        return theta + lr * psi * _sigma(-psi * theta)

    half = seen(theta)
    yield "alternating", (fooled(half), half)
    yield "simultaneous", (fooled(psi), half)
    yield "saturating", (theta + lr * half * _sigma(half * theta), half)
    swapped = seen(theta, -1)
    yield "swapped", (fooled(swapped), swapped)
    yield "attached", (fooled(half), half + lr * theta * _sigma(-half * theta))
    stale = seen(before)
    yield "stale", (fooled(stale), stale)


@contract("path double (T, 2), real real, lr real, tol real >= 0", "T >= 3")
def name_the_rule(path: Array, real: float, lr: float, tol: float = 1e-4) -> str:
    """See `solutions.adversarial.chapter.name_the_rule`."""
    rows = [tuple(map(float, row)) for row in path]
    left: dict[str, None] = {}
    for t, (there, here) in enumerate(zip(rows[1:], rows, strict=False)):
        before = rows[max(t - 1, 0)][0]
        fits = [
            rule
            for rule, place in _steps(here[0], here[1], before, real, lr)
            if all(abs(a - b) <= tol for a, b in zip(place, there, strict=True))
        ]
        left = dict.fromkeys(fits if t == 0 else [rule for rule in left if rule in fits])
    return next(iter(left), "none")


# --- nets -----------------------------------------------------------------------------------------

LEAK = 0.2


def _leak(z: Array, low: Any) -> None:
    """Bend a layer's sums, in their place; a row per job."""
    for n in prange(len(z)):
        row = z[n]
        for k in range(row.size):
            row[k] = row[k] if row[k] > like(low, 0) else low * row[k]


def _unleak(out: Array, low: Any, dy: Array) -> None:
    """Take a gradient back through the bend whose output is given; a row per job."""
    for n in prange(len(dy)):
        row, down = out[n], dy[n]
        for k in range(row.size):
            down[k] = down[k] if row[k] > like(low, 0) else low * down[k]


_leak_serial, _leak_parallel = njit(**SERIAL)(_leak), njit(**PARALLEL)(_leak)
_unleak_serial, _unleak_parallel = njit(**SERIAL)(_unleak), njit(**PARALLEL)(_unleak)


def _layer(x: Array, w: Array, b: Array) -> Array:
    z = np.empty((len(x), len(w)), x.dtype)
    z[:] = b
    return matmul(x, w, z, turn_b=True, add=True)


def _forward(layers: Layers, x: Array) -> list[Array]:
    """Return the input of every layer, and the net's output."""
    seen = [x]
    for number, (w, b) in enumerate(layers, 1):
        z = _layer(seen[-1], w, b)
        if number < len(layers):
            (_leak_serial if z.size < SMALL else _leak_parallel)(z, z.dtype.type(LEAK))
        seen.append(z)
    return seen


def _input_gradient(dy: Array, w: Array) -> Array:
    return matmul(dy, w, np.empty((len(dy), w.shape[1]), dy.dtype))


def _below(layers: Layers, seen: list[Array], k: int, dy: Array) -> Array:
    """Take a gradient from the sums of layer k to the sums below them."""
    dy = _input_gradient(dy, layers[k][0])
    run = _unleak_serial if dy.size < SMALL else _unleak_parallel
    run(seen[k], dy.dtype.type(LEAK), dy)
    return dy


def _to_input(layers: Layers, seen: list[Array], dy: Array) -> Array:
    """Return the gradient by the net's input alone."""
    for k in range(len(layers) - 1, 0, -1):
        dy = _below(layers, seen, k, dy)
    return _input_gradient(dy, layers[0][0])


def _to_layers(layers: Layers, seen: list[Array], dy: Array) -> Layers:
    """Return the gradients by the layers alone."""
    grads = []
    for k in range(len(layers) - 1, -1, -1):
        dw = matmul(dy, seen[k], np.empty_like(layers[k][0]), turn_a=True)
        grads.append((dw, np.add.reduce(dy, axis=0)))
        if k:
            dy = _below(layers, seen, k, dy)
    return grads[::-1]


def _moved(layers: Layers, grads: Layers, lr: float) -> Layers:
    return [
        (w - w.dtype.type(lr) * dw, b - b.dtype.type(lr) * db)
        for (w, b), (dw, db) in zip(layers, grads, strict=True)
    ]


def _fits(name: str, layers: Layers, inputs: int, outputs: int) -> None:
    """Refuse a net that takes or gives other numbers of numbers."""
    found = (layers[0][0].shape[1], len(layers[-1][1])) if layers else (0, 0)
    if found != (inputs, outputs):
        raise ValueError(
            f"expected {name} from {inputs} to {outputs} numbers, got one from {found[0]} to "
            f"{found[1]}"
        )


@contract(
    "generator list(tuple((G', G), (G'))), discriminator list(tuple((H', H), (H'))), "
    "real (N, D), z_d (M, Z), z_g (L, Z), lr_d real, lr_g real -> real",
    "N >= 1",
    "M >= 1",
    "L >= 1",
)
def gan_step(
    generator: Layers,
    discriminator: Layers,
    real: Array,
    z_d: Array,
    z_g: Array,
    lr_d: float,
    lr_g: float,
) -> tuple[Layers, Layers, float, float]:
    """See `solutions.adversarial.chapter.gan_step`."""
    _fits("generator", generator, z_d.shape[1], real.shape[1])
    _fits("discriminator", discriminator, real.shape[1], 1)
    shown = np.concatenate([real, _forward(generator, z_d)[-1]])
    seen = _forward(discriminator, shown)
    scores, n = seen[-1].reshape(-1), len(real)
    d_loss, dreal, dfake = discriminator_loss(scores[:n], scores[n:])
    dscores = np.concatenate([dreal, dfake])[:, np.newaxis]
    discriminator = _moved(discriminator, _to_layers(discriminator, seen, dscores), lr_d)

    made = _forward(generator, z_g)
    seen = _forward(discriminator, made[-1])
    g_loss, dscores = generator_loss(seen[-1].reshape(-1))
    dx = _to_input(discriminator, seen, dscores[:, np.newaxis])
    return _moved(generator, _to_layers(generator, made, dx), lr_g), discriminator, d_loss, g_loss


# --- what came out --------------------------------------------------------------------------------


def _nearest(samples: Array, centres: Array, radius: Any, whose: Array) -> None:
    """Write which centre each sample belongs to, -1: none; a sample per job."""
    for n in prange(len(samples)):
        best, found = np.inf, -1
        for k in range(len(centres)):
            square = 0.0
            for d in range(samples.shape[1]):
                gap = np.float64(samples[n, d]) - np.float64(centres[k, d])
                square += gap * gap
            if square < best:
                best, found = square, k
        whose[n] = found if np.sqrt(best) <= radius else -1


_nearest_serial, _nearest_parallel = njit(**SERIAL)(_nearest), njit(**PARALLEL)(_nearest)


@contract("samples (N, D), centres (K, D), radius real >= 0, least int >= 1", "N >= 1", "K >= 1")
def mode_count(samples: Array, centres: Array, radius: float, least: int = 1) -> tuple[int, float]:
    """See `solutions.adversarial.chapter.mode_count`."""
    whose = np.empty(len(samples), np.int64)
    run = _nearest_serial if samples.size * len(centres) < SMALL else _nearest_parallel
    run(samples, centres, float(radius), whose)
    near = whose[whose >= 0]
    counts = np.bincount(near, minlength=len(centres))
    return int(np.count_nonzero(counts >= least)), near.size / whose.size


@contract("mean1 double (D), cov1 double (D, D), mean2 double (D), cov2 double (D, D)")
def frechet_distance(mean1: Array, cov1: Array, mean2: Array, cov2: Array) -> float:
    """See `solutions.adversarial.chapter.frechet_distance`."""
    factors = []
    for cov in (cov1, cov2):  # C = F F': the roots of the eigenvalues of C1 C2 are F1' F2's
        values, vectors = np.linalg.eigh(cov)
        factors.append(vectors * np.sqrt(np.maximum(values, 0)))
    overlap = np.linalg.svd(factors[0].T @ factors[1], compute_uv=False).sum()
    apart = mean1 - mean2
    spread = float(np.trace(cov1)) + float(np.trace(cov2)) - 2 * float(overlap)
    return float(apart @ apart) + spread


# --- leashes --------------------------------------------------------------------------------------


def _bend(z: Array, v: Array, slope: Array) -> None:
    """Replace sums by their tanh h; write v (1 - h h); a row per job."""
    for n in prange(len(z)):
        row, some = z[n], slope[n]
        for k in range(row.size):
            h = tanh(row[k])
            row[k] = h
            some[k] = v[k] * (like(h, 1) - h * h)


def _pull(g: Array, share: Any, paid: Array) -> None:
    """Replace gradients by those of the penalty by them; write what each pays; a row per job."""
    for n in prange(len(g)):
        row = g[n]
        length = np.sqrt(total(row * row))
        off = length - like(share, 1)
        paid[n] = off * off
        factor = share * off / length if length > like(share, 0) else like(share, 0)
        for d in range(row.size):
            row[d] *= factor


def _second(h: Array, v: Array, across: Array, back: Array) -> None:
    """Write the gradients by the sums, and replace those by the slopes with those by v."""
    for n in prange(len(h)):
        some, gradient, down = h[n], across[n], back[n]
        for k in range(some.size):
            slope = like(some[k], 1) - some[k] * some[k]
            gradient[k] *= slope
            down[k] = like(slope, -2) * some[k] * v[k] * gradient[k]


_bend_serial, _bend_parallel = njit(**SERIAL)(_bend), njit(**PARALLEL)(_bend)
_pull_serial, _pull_parallel = njit(**SERIAL)(_pull), njit(**PARALLEL)(_pull)
_second_serial, _second_parallel = njit(**SERIAL)(_second), njit(**PARALLEL)(_second)


@contract(
    "w (H, D), b (H), v (H), real (N, D), fake (N, D), u (N) -> w", "N >= 1", "H >= 1", "D >= 1"
)
def gradient_penalty(
    w: Array, b: Array, v: Array, real: Array, fake: Array, u: Array
) -> tuple[float, Array, Array, Array]:
    """See `solutions.adversarial.chapter.gradient_penalty`."""
    share, kind = u[:, np.newaxis], w.dtype.type
    x = share * real + (1 - share) * fake
    h = _layer(x, w, b)
    alone = h.size < SMALL
    slope, back, paid = np.empty_like(h), np.empty_like(h), np.empty(len(x), w.dtype)
    (_bend_serial if alone else _bend_parallel)(h, v, slope)
    dg = matmul(slope, w, np.empty_like(x))
    (_pull_serial if alone else _pull_parallel)(dg, kind(2 / len(x)), paid)
    across = matmul(dg, w, np.empty_like(h), turn_b=True)
    (_second_serial if alone else _second_parallel)(h, v, across, back)
    dw = matmul(slope, dg, np.empty_like(w), turn_a=True)
    matmul(back, x, dw, turn_a=True, add=True)
    penalty = float(np.mean(paid, dtype=np.float64))
    return penalty, dw, np.add.reduce(back, axis=0), np.add.reduce(across, axis=0)


def _length(v: Array) -> Any:
    return np.sqrt(np.add.reduce(v * v, axis=None))


@contract("w (...), u (F), steps int >= 1 -> w", "w.ndim >= 2", "len(w) == F", "w.size >= 1")
def spectral_norm(w: Array, u: Array, steps: int = 1) -> tuple[Array, float, Array]:
    """See `solutions.adversarial.chapter.spectral_norm`."""
    matrix = w.reshape(len(w), -1)
    u, v, sigma = u[np.newaxis].copy(), np.empty((1, matrix.shape[1]), w.dtype), w.dtype.type(0)
    for _ in range(steps):
        matmul(u, matrix, v)
        v /= _length(v)
        matmul(v, matrix, u, turn_b=True)
        sigma = _length(u)  # u' M v, for u = M v / |M v|
        u /= sigma
    return w / sigma, float(sigma), u[0]


# --- diffusion ------------------------------------------------------------------------------------


@contract("steps int >= 2, kind 'linear' | 'cosine'")
def noise_schedule(steps: int, kind: str = "linear") -> tuple[Array, Array]:
    """See `solutions.adversarial.chapter.noise_schedule`."""
    if kind == "linear":
        beta = (0.1 + 19.9 * np.arange(steps) / (steps - 1)) / steps
    else:
        left = np.square(np.cos(np.pi / 2 * (np.arange(steps + 1) / steps + 0.008) / 1.008))
        beta = (left[:-1] - left[1:]) / left[:-1]
    beta[beta > 0.999] = 0.999
    return beta, np.multiply.accumulate(1 - beta)


def _drown(
    x0: Array, t: Array, noise: Array, alpha_bar: Array, noisy: Array, inputs: Array
) -> None:
    """Write the noisy samples, and beside them what the net is told; a sample per job."""
    for n in prange(len(x0)):
        share = alpha_bar[t[n]]
        left, come = np.sqrt(share), np.sqrt(like(share, 1) - share)
        size = x0.shape[1]
        for d in range(size):
            noisy[n, d] = inputs[n, d] = left * x0[n, d] + come * noise[n, d]
        inputs[n, size], inputs[n, size + 1] = left, come


_drown_serial, _drown_parallel = njit(**SERIAL)(_drown), njit(**PARALLEL)(_drown)


@contract(
    "layers list(tuple((H', H), (H'))), x0 (N, D), t int (N) >= 0 < T, noise (N, D), "
    "alpha_bar (T) -> x0",
    "N >= 1",
    "D >= 1",
)
def denoising_loss(
    layers: Layers, x0: Array, t: NDArray[np.integer[Any]], noise: Array, alpha_bar: Array
) -> tuple[Array, float, Layers]:
    """See `solutions.adversarial.chapter.denoising_loss`."""
    n, size = x0.shape
    _fits("net", layers, size + 2, size)
    noisy, inputs = np.empty_like(x0), np.empty((n, size + 2), x0.dtype)
    run = _drown_serial if x0.size < SMALL else _drown_parallel
    run(x0, t, noise, alpha_bar, noisy, inputs)
    seen = _forward(layers, inputs)
    gap = np.empty_like(noise)
    squares = squares_serial if gap.size < SMALL else squares_parallel
    loss = float(squares(seen[-1].reshape(-1), noise.reshape(-1), gap.reshape(-1))) / gap.size
    gap *= gap.dtype.type(2 / gap.size)
    return noisy, loss, _to_layers(layers, seen, gap)


def _walk(x: Array, predicted: Array, noise: Array, factors: Array, out: Array) -> None:
    """Write a mixture of three; a row per job."""
    for n in prange(len(x)):
        for d in range(x.shape[1]):
            out[n, d] = (
                factors[0] * x[n, d] + factors[1] * predicted[n, d] + factors[2] * noise[n, d]
            )


_walk_serial, _walk_parallel = njit(**SERIAL)(_walk), njit(**PARALLEL)(_walk)


@contract("x (N, D), t int >= 0 < T, predicted (N, D), noise (N, D), beta (T) > 0 < 1 -> x")
def ddpm_step(x: Array, t: int, predicted: Array, noise: Array, beta: Array) -> Array:
    """See `solutions.adversarial.chapter.ddpm_step`."""
    kept = np.multiply.accumulate(1 - beta.astype(np.float64))
    gone, before = 1 - kept[t], (1 - kept[t - 1]) if t else 0.0
    size, stretch_back = float(beta[t]), 1 / math.sqrt(1 - float(beta[t]))
    factors = np.array(
        [stretch_back, -stretch_back * size / math.sqrt(gone), math.sqrt(size * before / gone)],
        x.dtype,
    )
    out = np.empty_like(x)
    (_walk_serial if x.size < SMALL else _walk_parallel)(x, predicted, noise, factors, out)
    return out
