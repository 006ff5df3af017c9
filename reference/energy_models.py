# mypy: allow-untyped-defs
"""Energy models: restricted Boltzmann machines, autoencoders, PCA, Hopfield nets, a VAE's bound.

Products run on the core's product of matrices. Fantasies are sampled as -1 or 0, so that the second
phase of an update is added to the first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import matmul
from reference.kernels.vector import exp, like, log, relu, sigmoid, total

__all__ = [
    "autoencoder_backward",
    "cd1_update",
    "dbn_pretrain",
    "diagnose_update",
    "hopfield_recall",
    "pca",
    "persistent_cd_update",
    "rbm_conditionals",
    "rbm_energy",
    "rbm_free_energy",
    "rbm_from_joint",
    "rbm_joint",
    "sparse_penalty",
    "vae_elbo",
]

Array = NDArray[Any]
Rbm = tuple[Array, Array, Array]

MOST = 24
"""Units of a machine whose states can be listed."""


# --- rows -----------------------------------------------------------------------------------------


def _switch(z, bias):
    """Put the sigmoid of score and bias in the place of each score; a row per job.

    One array for both: with two names for one memory the loop would not become vector code.
    """
    for n in prange(len(z)):
        line = z[n]
        for k in range(line.size):
            line[k] = sigmoid(line[k] + bias[k])


def _sample(z, bias, u, on):
    """Put `on` where a draw is below the sigmoid of score and bias, else zero; a row per job."""
    for n in prange(len(z)):
        draws, line = u[n], z[n]
        for k in range(line.size):
            line[k] = on if draws[k] < sigmoid(line[k] + bias[k]) else like(on, 0)


def _energies(z, x, h, b, d, out):
    """Write the energy of each row, whose scores for the hidden units are z."""
    for n in prange(len(x)):
        terms = np.empty(d.size, z.dtype)
        hidden, scores = h[n], z[n]
        for k in range(terms.size):
            terms[k] = (scores[k] + d[k]) * hidden[k]
        plain = np.empty(b.size, z.dtype)
        for k in range(plain.size):
            plain[k] = x[n, k] * b[k]
        out[n] = -total(terms) - total(plain)


def _free(z, x, b, d, out):
    """Write the free energy of each row, whose scores for the hidden units are z."""
    for n in prange(len(x)):
        terms, scores, one = np.empty(d.size, z.dtype), z[n], like(z[n, 0], 1)
        for k in range(terms.size):
            score = scores[k] + d[k]
            terms[k] = relu(score) + log(one + exp(-abs(score)))
        plain = np.empty(b.size, z.dtype)
        for k in range(plain.size):
            plain[k] = x[n, k] * b[k]
        out[n] = -total(terms) - total(plain)


def _close(y, target, share, losses):
    """Write the squared error of each row; outputs make room for what comes back to scores."""
    for n in prange(len(y)):
        said, true = y[n], target[n]
        terms, one = np.empty(said.size, y.dtype), like(share, 1)
        for k in range(said.size):
            gap = said[k] - true[k]
            terms[k] = gap * gap
            said[k] = share * gap * said[k] * (one - said[k])
        losses[n] = total(terms)


def _through(h, back):
    """Multiply what comes back by the derivative of the sigmoid whose values are h."""
    for n in prange(len(h)):
        values, line, one = h[n], back[n], like(h[n, 0], 1)
        for k in range(values.size):
            line[k] *= values[k] * (one - values[k])


_switch_serial, _switch_parallel = njit(**SERIAL)(_switch), njit(**PARALLEL)(_switch)
_sample_serial, _sample_parallel = njit(**SERIAL)(_sample), njit(**PARALLEL)(_sample)
_energies_serial, _energies_parallel = njit(**SERIAL)(_energies), njit(**PARALLEL)(_energies)
_free_serial, _free_parallel = njit(**SERIAL)(_free), njit(**PARALLEL)(_free)
_close_serial, _close_parallel = njit(**SERIAL)(_close), njit(**PARALLEL)(_close)
_through_serial, _through_parallel = njit(**SERIAL)(_through), njit(**PARALLEL)(_through)


def _up(x: Array, w: Array) -> Array:
    """Return ``x @ w``."""
    return matmul(x, w, np.empty((len(x), w.shape[1]), x.dtype))


def _down(h: Array, w: Array) -> Array:
    """Return ``h @ w.T``."""
    return matmul(h, w, np.empty((len(h), len(w)), h.dtype), turn_b=True)


def _switched(z: Array, bias: Array) -> Array:
    """Return the sigmoid of scores and biases, in the place of the scores."""
    run = _switch_serial if z.size < SMALL else _switch_parallel
    run(z, bias)
    return z


def _sampled(z: Array, bias: Array, u: Array, on: float = 1.0) -> Array:
    """Return sampled units, in the place of the scores: `on` or 0."""
    run = _sample_serial if z.size < SMALL else _sample_parallel
    run(z, bias, u, z.dtype.type(on))
    return z


# --- a machine's energies and probabilities -------------------------------------------------------


@contract("x (N, V), h (N, H), w (V, H), b (V), d (H) -> x")
def rbm_energy(x: Array, h: Array, w: Array, b: Array, d: Array) -> Array:
    """See `solutions.energy_models.chapter.rbm_energy`."""
    z, out = _up(x, w), np.empty(len(x), x.dtype)
    run = _energies_serial if z.size + x.size < SMALL else _energies_parallel
    run(z, x, h, b, d, out)
    return out


def _states(n: int, dtype: Any) -> Array:
    """Return all states of n units, in the order of binary numbers."""
    numbers = np.arange(2**n)[:, np.newaxis]
    return (numbers >> np.arange(n - 1, -1, -1) & 1).astype(dtype)


@contract("w (V, H), b (V), d (H) -> w")
def rbm_joint(w: Array, b: Array, d: Array) -> tuple[Array, float]:
    """See `solutions.energy_models.chapter.rbm_joint`."""
    if b.size + d.size > MOST:
        raise ValueError(f"expected {MOST} units at most, got {b.size} + {d.size}")
    x, h = _states(b.size, w.dtype), _states(d.size, w.dtype)
    minus = _down(_up(x, w), h)
    minus += (x * b).sum(axis=1, keepdims=True)
    minus += (h * d).sum(axis=1)
    top = minus.max()
    weights = np.exp(minus - top, dtype=w.dtype)
    mass = weights.sum()
    return weights / mass, float(top) + math.log(mass)


@contract("joint (R, C) > 0 -> joint", "R >= 2", "C >= 2")
def rbm_from_joint(joint: Array) -> tuple[Array, Array, Array]:
    """See `solutions.energy_models.chapter.rbm_from_joint`."""
    sizes = [length.bit_length() - 1 for length in joint.shape]
    if joint.shape != (2 ** sizes[0], 2 ** sizes[1]):
        raise ValueError(f"expected joint of shape (2**V, 2**H), got {joint.shape}")
    x, h = (1 << np.arange(size - 1, -1, -1) for size in sizes)
    none, alone_x, alone_h = np.log(joint[0, 0]), np.log(joint[x, 0]), np.log(joint[0, h])
    both = np.log(joint[np.ix_(x, h)])
    return both - alone_x[:, np.newaxis] - alone_h + none, alone_x - none, alone_h - none


@contract("x (N, V), h (N, H), w (V, H), b (V), d (H) -> x")
def rbm_conditionals(x: Array, h: Array, w: Array, b: Array, d: Array) -> tuple[Array, Array]:
    """See `solutions.energy_models.chapter.rbm_conditionals`."""
    return _switched(_up(x, w), d), _switched(_down(h, w), b)


@contract("x (N, V), w (V, H), b (V), d (H) -> x", "H >= 1")
def rbm_free_energy(x: Array, w: Array, b: Array, d: Array) -> Array:
    """See `solutions.energy_models.chapter.rbm_free_energy`."""
    z, out = _up(x, w), np.empty(len(x), x.dtype)
    run = _free_serial if z.size + x.size < SMALL else _free_parallel
    run(z, x, b, d, out)
    return out


# --- learning -------------------------------------------------------------------------------------


def _mean(rows: Array) -> Array:
    return np.asarray(rows.sum(axis=0) / rows.dtype.type(len(rows)))


def _learned(x: Array, p: Array, minus: Array, q: Array, machine: Rbm, lr: float) -> Rbm:
    """Return a machine after data with probabilities p, and the negative of fantasies with q."""
    w, b, d = machine
    step = w.dtype.type(lr)
    if len(minus) != len(x):  # each phase has a mean of its own
        minus = minus * minus.dtype.type(len(x) / len(minus))
    products = matmul(x, p, np.empty_like(w), turn_a=True)
    matmul(minus, q, products, turn_a=True, add=True)
    products *= step / w.dtype.type(len(x))
    products += w
    moved = (x.sum(axis=0) + minus.sum(axis=0)) / w.dtype.type(len(x))
    return products, b + step * moved, d + step * (_mean(p) - _mean(q))


def _cd1(x: Array, machine: Rbm, u_h: Array, u_x: Array, lr: float) -> Rbm:
    """Take one step of contrastive divergence, as `cd1_update`, on what is ready for kernels."""
    w, b, d = machine
    scores = _up(x, w)
    h = _sampled(scores.copy(), d, u_h)
    minus = _sampled(_down(h, w), b, u_x, -1.0)
    p, q = _switched(scores, d), _up(minus, w)
    return _learned(x, p, minus, _switched(np.negative(q, out=q), d), machine, lr)


@contract(
    "x (N, V), w (V, H), b (V), d (H), u_h (N, H), u_x (N, V), lr real -> w", "N >= 1", "H >= 1"
)
def cd1_update(
    x: Array, w: Array, b: Array, d: Array, u_h: Array, u_x: Array, lr: float
) -> tuple[Array, Array, Array]:
    """See `solutions.energy_models.chapter.cd1_update`."""
    return _cd1(x, (w, b, d), u_h, u_x, lr)


@contract(
    "x (N, V), chain (M, V), w (V, H), b (V), d (H), u_h (K, M, H), u_x (K, M, V), lr real -> w",
    "N >= 1",
    "M >= 1",
    "K >= 1",
)
def persistent_cd_update(
    x: Array, chain: Array, w: Array, b: Array, d: Array, u_h: Array, u_x: Array, lr: float
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.energy_models.chapter.persistent_cd_update`."""
    for to_hidden, to_visible in zip(u_h, u_x, strict=True):
        h = _sampled(_up(chain, w), d, to_hidden)
        chain = _sampled(_down(h, w), b, to_visible)
    p, q = _switched(_up(x, w), d), _switched(_up(chain, w), d)
    return *_learned(x, p, -chain, q, (w, b, d), lr), chain


RULES = ("right", "reversed", "frozen", "summed", "sampled", "unsampled")


@contract(
    "x (N, V), before tuple((V, H), (V), (H)), after tuple((V, H), (V), (H)), u_h (N, H), "
    "u_x (N, V), lr real, tol real >= 0",
    "N >= 1",
    "V >= 1",
    "H >= 1",
)
def diagnose_update(
    x: Array, before: Rbm, after: Rbm, u_h: Array, u_x: Array, lr: float, tol: float = 1e-4
) -> str:
    """See `solutions.energy_models.chapter.diagnose_update`."""
    w, b, d = before
    p = _switched(_up(x, w), d)
    h = (u_h < p).astype(w.dtype)
    found = {}
    for name, drives, positive in (("right", h, p), ("sampled", h, h), ("unsampled", p, p)):
        minus = _sampled(_down(drives, w), b, u_x, -1.0)
        q = _switched(-_up(minus, w), d)
        moved = _learned(x, positive, minus, q, (0 * w, 0 * b, 0 * d), lr)
        found[name] = moved
    right = found["right"]
    found["reversed"] = (-right[0], -right[1], -right[2])
    found["frozen"] = (right[0], 0 * b, 0 * d)
    found["summed"] = (len(x) * right[0], len(x) * right[1], len(x) * right[2])
    for name in RULES:
        parts = zip(before, found[name], after, strict=True)
        if all(np.abs(old + change - new).max() <= tol for old, change, new in parts):
            return name
    return "unknown"


@contract(
    "x (N, V), layers list(tuple((V, V'), (V), (V'))), batches int (S, B) >= 0 < N, "
    "uniforms list(tuple((...), (...))), lr real",
    "N >= 1",
    "B >= 1",
    "len(layers) == len(uniforms)",
    "len(layers) >= 1",
)
def dbn_pretrain(
    x: Array, layers: list[Rbm], batches: Array, uniforms: list[tuple[Array, Array]], lr: float
) -> tuple[list[Rbm], Array]:
    """See `solutions.energy_models.chapter.dbn_pretrain`."""
    for number, ((w, _, _), draws) in enumerate(zip(layers, uniforms, strict=True)):
        due = (*batches.shape, w.shape[1]), (*batches.shape, w.shape[0])
        if tuple(np.shape(part) for part in draws) != due:
            got = tuple(np.shape(part) for part in draws)
            raise ValueError(f"expected uniforms[{number}] of shapes {due}, got {got}")
    trained = []
    for machine, draws in zip(layers, uniforms, strict=True):
        for rows, u_h, u_x in zip(batches, *draws, strict=True):
            machine = _cd1(x[rows], machine, u_h, u_x, lr)
        trained.append(machine)
        x = _switched(_up(x, machine[0]), machine[2])
    return trained, x


# --- codes ----------------------------------------------------------------------------------------


@contract("x (N, D), k int >= 1 -> x", "k <= D", "k <= N")
def pca(x: Array, k: int) -> tuple[Array, Array, Array]:
    """See `solutions.energy_models.chapter.pca`."""
    mean = _mean(x)
    _, sizes, axes = np.linalg.svd(x - mean, full_matrices=False)
    first = np.ascontiguousarray(axes[:k])
    projector = matmul(first, first, np.empty((x.shape[1], x.shape[1]), x.dtype), turn_a=True)
    return mean, projector, np.square(sizes[:k]) / x.dtype.type(len(x))


@contract(
    "x (N, V), target (N, V), w (H, V), b (H), d (V), w2 (V, H)? -> x", "N >= 1", "V >= 1", "H >= 1"
)
def autoencoder_backward(
    x: Array, target: Array, w: Array, b: Array, d: Array, w2: Array | None = None
) -> tuple[float, Array, Array, Array, Array | None]:
    """See `solutions.energy_models.chapter.autoencoder_backward`."""
    tied = w2 is None
    decoder = w if w2 is None else w2
    h = _switched(_down(x, w), b)
    y = _switched(_up(h, decoder) if tied else _down(h, decoder), d)
    losses = np.empty(len(x), x.dtype)
    run = _close_serial if y.size < SMALL else _close_parallel
    run(y, target, x.dtype.type(1 / len(x)), losses)
    back = _down(y, decoder) if tied else _up(y, decoder)
    steep = _through_serial if h.size < SMALL else _through_parallel
    steep(h, back)
    dw = matmul(back, x, np.empty_like(w), turn_a=True)
    dw2 = None
    if tied:
        matmul(h, y, dw, turn_a=True, add=True)
    else:
        dw2 = matmul(y, h, np.empty_like(decoder), turn_a=True)
    loss = float(losses.sum(dtype=np.float64)) / (2 * len(x))
    return loss, dw, back.sum(axis=0), y.sum(axis=0), dw2


@contract("h (N, H), rho real > 0 < 1 -> h", "N >= 1")
def sparse_penalty(h: Array, rho: float = 0.05) -> tuple[float, Array]:
    """See `solutions.energy_models.chapter.sparse_penalty`."""
    on = h.sum(axis=0, dtype=np.float64) / len(h)
    off = 1 - on
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = rho * (math.log(rho) - np.log(on)) + (1 - rho) * (math.log(1 - rho) - np.log(off))
        slope = ((on - rho) / (on * off) / len(h)).astype(h.dtype)
    dh = np.empty_like(h)
    dh[:] = slope
    return float(terms.sum()), dh


# --- a memory -------------------------------------------------------------------------------------


@njit(**SERIAL)
def _recall(w, state, order, energies):
    """Visit the units in order; w holds D times the weights. Return D times the energies."""
    half = like(state[0], 0.5)
    energy = like(state[0], 0)
    for i in range(state.size):
        energy -= half * state[i] * total(w[i] * state)
    energies[0] = energy
    for step in range(order.size):
        unit = order[step]
        field = total(w[unit] * state)
        old = state[unit]
        if field > 0:
            state[unit] = like(old, 1)
        elif field < 0:
            state[unit] = -like(old, 1)
        energy -= (state[unit] - old) * field
        energies[step + 1] = energy


@contract("patterns (P, D), start (D), order int (S) >= 0 < D -> start", "P >= 1", "D >= 1")
def hopfield_recall(patterns: Array, start: Array, order: Array) -> tuple[Array, Array]:
    """See `solutions.energy_models.chapter.hopfield_recall`."""
    w = np.empty((start.size, start.size), start.dtype)
    matmul(patterns, patterns, w, turn_a=True)
    np.fill_diagonal(w, 0)
    state, energies = start.copy(), np.empty(order.size + 1, start.dtype)
    _recall(w, state, order, energies)
    energies /= start.dtype.type(start.size)
    return state, energies


# --- a bound --------------------------------------------------------------------------------------


@contract(
    "x (N, D), mu (N, K), log_var (N, K), w (D, K), b (D), eps (L, N, K) -> x", "N >= 1", "L >= 1"
)
def vae_elbo(
    x: Array, mu: Array, log_var: Array, w: Array, b: Array, eps: Array
) -> tuple[float, float, Array, Array]:
    """See `solutions.energy_models.chapter.vae_elbo`."""
    draws, n, k = eps.shape
    half = x.dtype.type(0.5)
    sigma = np.exp(half * log_var)
    z = np.ascontiguousarray((mu + sigma * eps).reshape(-1, k))
    gap = np.empty((draws, n, x.shape[1]), x.dtype)
    np.subtract(x - b, _down(z, w).reshape(gap.shape), out=gap)
    squares = float(np.square(gap).sum(axis=2).sum(dtype=np.float64)) / (draws * n)
    cost = (np.square(mu) + np.square(sigma) - log_var - x.dtype.type(1)).sum(axis=1)
    dz = _up(gap.reshape(-1, x.shape[1]), w).reshape(eps.shape)
    share = x.dtype.type(1 / n)
    dmu = (dz.sum(axis=0) / x.dtype.type(draws) - mu) * share
    spread = (dz * eps).sum(axis=0) / x.dtype.type(draws) * sigma
    dlog_var = (spread - np.square(sigma) + x.dtype.type(1)) * (half * share)
    constant = x.shape[1] * math.log(2 * math.pi)
    kl = float(cost.sum(dtype=np.float64)) / (2 * n)
    return -(squares + constant) / 2, kl, dmu, dlog_var
