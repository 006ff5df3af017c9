# mypy: allow-untyped-defs
"""Reusing layers, adapters of low rank, distillation, masked words and contrastive pairs.

Matrix products are those of `reference.kernels.gemm`; what is done to a row of scores is done by
one thread. So 1 and N threads give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import INSERTED, PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import LITTLE, matmul, product, products
from reference.kernels.move import put
from reference.kernels.vector import exp, largest, like, log, total

__all__ = [
    "distillation_loss",
    "frozen_features",
    "info_nce",
    "layerwise_pretrain",
    "linear_probe",
    "lora_backward",
    "lora_forward",
    "lora_start",
    "masked_update",
    "masked_words",
    "same_class_pairs",
    "transfer_layers",
    "unfreeze_rates",
    "why_it_moved",
]

Array = NDArray[Any]
Whole = NDArray[np.integer]

BLOCKS = 64
"""Blocks of samples or of rows, each done by one thread with room of its own."""
Layers = list[tuple[Array, Array]]


# --- taking layers over, and keeping them ---------------------------------------------------------


@contract(
    "source list(tuple(kept (A', A), kept (...))), target list(tuple(kept (B', B), kept (...))), "
    "n int >= 0",
    "n <= min(len(source), len(target))",
)
def transfer_layers(source: Layers, target: Layers, n: int) -> tuple[Layers, int | None]:
    """See `solutions.transfer.chapter.transfer_layers`."""
    fresh = [(w.copy(), b.copy()) for w, b in target]
    taken: Layers = []
    for number, ((w, b), (new_w, new_b)) in enumerate(zip(source[:n], fresh, strict=False)):
        if w.shape != new_w.shape or b.shape != new_b.shape:
            return fresh, number
        taken.append((w.astype(new_w.dtype), b.astype(new_b.dtype)))
    return taken + fresh[n:], None


@contract(
    "params list((...)), grads list((...)), momentum list((...)), frozen ints >= 0, lr real, "
    "beta real, decay real -> params, momentum",
    "shapes(grads) == shapes(params)",
    "shapes(momentum) == shapes(params)",
    "max([-1, *frozen]) < len(params)",
)
def masked_update(
    params: list[Array],
    grads: list[Array],
    momentum: list[Array],
    frozen: list[int],
    lr: float,
    beta: float = 0.9,
    decay: float = 0.0,
) -> tuple[list[Array], list[Array]]:
    """See `solutions.transfer.chapter.masked_update`."""
    still = {int(number) for number in frozen}
    moved, kept = [p.copy() for p in params], [m.copy() for m in momentum]
    for number in sorted(set(range(len(params))) - still):
        theta, m, kind = moved[number], kept[number], params[number].dtype.type
        m *= kind(beta)
        m += grads[number] + kind(decay) * theta
        theta -= kind(lr) * m
    return moved, kept


@contract("path double (T, D), lr real > 0", "T >= 3", "D >= 2")
def why_it_moved(path: Array, lr: float) -> tuple[str, float]:
    """See `solutions.transfer.chapter.why_it_moved`."""
    first, second = path[1] - path[0], path[2] - path[1]
    length = float(np.linalg.norm(first))
    if length == 0.0:
        return "frozen", 0.0
    if float(np.linalg.norm(second - first)) < 1e-4 * length:
        return "gradient", length / lr
    share = float(first @ path[0]) / float(path[0] @ path[0])
    if float(np.linalg.norm(first - share * path[0])) < 1e-4 * length:
        return "decay", -share / lr
    return "momentum", float(np.linalg.norm(second)) / length


@contract("layers int >= 1, epochs int >= 0, base real, factor real, every int >= 1")
def unfreeze_rates(layers: int, epochs: int, base: float, factor: float, every: int = 1) -> Array:
    """See `solutions.transfer.chapter.unfreeze_rates`."""
    rates = np.zeros((epochs, layers))
    for below in range(layers):
        rates[below * every :, layers - 1 - below] = base * factor**below
    return rates


# --- features -------------------------------------------------------------------------------------


def _dense(x: Array, w: Array, b: Array) -> Array:
    out = np.empty((len(x), len(w)), x.dtype)
    out[:] = b
    return matmul(x, w, out, turn_b=True, add=True)


@contract(
    "x (N, D), mean (D), std (D) >= 0, "
    "layers list(tuple((D', D), (D'), (D'), (D'), (D'), (D') >= 0)), eps real >= 0 -> x"
)
def frozen_features(
    x: Array,
    mean: Array,
    std: Array,
    layers: list[tuple[Array, Array, Array, Array, Array, Array]],
    eps: float = 1e-5,
) -> Array:
    """See `solutions.transfer.chapter.frozen_features`."""
    h: Array = (x - mean) / np.where(std == 0, std + 1, std)
    for w, b, gamma, beta, running_mean, running_var in layers:
        factor = gamma / np.sqrt(running_var.astype(float) + eps)
        shift = (beta + factor * (b - running_mean)).astype(x.dtype)
        h = np.maximum(_dense(h, w * factor.astype(x.dtype)[:, np.newaxis], shift), 0)
    return h


@contract(
    "features (N, F), labels int (N) >= 0 < classes, classes int >= 1, lam real > 0 -> features",
    "N >= 1",
)
def linear_probe(features: Array, labels: Whole, classes: int, lam: float) -> tuple[Array, Array]:
    """See `solutions.transfer.chapter.linear_probe`."""
    x = features.astype(float)
    middle, targets = x.mean(axis=0), np.zeros((len(x), classes))
    targets[np.arange(len(x)), labels] = 1.0
    shares = targets.mean(axis=0)
    x, targets = x - middle, targets - shares
    count, width = x.shape
    if width <= count:
        square = matmul(x, x, np.empty((width, width)), turn_a=True) + lam * np.eye(width)
        weights = np.linalg.solve(square, x.T @ targets).T
    else:  # as many equations as samples are enough
        square = matmul(x, x, np.empty((count, count)), turn_b=True) + lam * np.eye(count)
        weights = np.linalg.solve(square, targets).T @ x
    biases, kind = shares - weights @ middle, features.dtype
    return np.ascontiguousarray(weights, kind), biases.astype(kind)


@contract("x (N, D), layers list(tuple((D', D), (D'))), train call -> x")
def layerwise_pretrain(
    x: Array, layers: Layers, train: Callable[[Array, Array, Array], tuple[Array, Array]]
) -> tuple[Layers, Array]:
    """See `solutions.transfer.chapter.layerwise_pretrain`."""
    h, trained = x.copy(), []
    for start in layers:
        w, b = (np.ascontiguousarray(part, h.dtype) for part in train(h, *start))
        trained.append((w, b))
        h = np.maximum(_dense(h, w, b), 0)
    return trained, h


# --- adapters of low rank -------------------------------------------------------------------------


@njit(**INSERTED)
def _scale(a, factor):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] *= factor


@njit(**SERIAL)
def _forward_little(code, x, w, b, down, up, scale):
    """Compute the outputs and the merged weights at once: each call would cost more."""
    narrow = np.empty((len(x), len(down)), x.dtype)
    product(code, x, down, narrow, False, True, False)
    _scale(narrow, scale)
    y, merged = np.empty((len(x), len(w)), x.dtype), np.empty(w.shape, x.dtype)
    for n in range(len(x)):
        put(y[n], b)
    product(code, x, w, y, False, True, True)
    product(code, narrow, up, y, False, True, True)
    product(code, up, down, merged, False, False, False)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            merged[i, j] = w[i, j] + scale * merged[i, j]
    return y, merged


@njit(**SERIAL)
def _backward_little(code, dy, x, w, down, up, scale):
    """Compute all three gradients at once."""
    rank = len(down)
    back, narrow = np.empty((len(x), rank), x.dtype), np.empty((len(x), rank), x.dtype)
    product(code, dy, up, back, False, False, False)
    product(code, x, down, narrow, False, True, False)
    _scale(back, scale)
    _scale(narrow, scale)
    dx, d_down, d_up = np.empty(x.shape, x.dtype), np.empty_like(down), np.empty_like(up)
    product(code, dy, w, dx, False, False, False)
    product(code, back, down, dx, False, False, True)
    product(code, back, x, d_down, True, False, False)
    product(code, dy, narrow, d_up, True, False, False)
    return dx, d_down, d_up


@contract(
    "x (N, D), w (F, D), b (F), down (r, D), up (F, r), alpha real -> x",
    "r >= 1",
)
def lora_forward(
    x: Array, w: Array, b: Array, down: Array, up: Array, alpha: float
) -> tuple[Array, Array, int]:
    """See `solutions.transfer.chapter.lora_forward`."""
    scale = x.dtype.type(alpha / len(down))
    count = down.size + up.size
    if x.size * len(w) < LITTLE and w.size * len(down) < LITTLE:
        y, merged = _forward_little(products(x.dtype), x, w, b, down, up, scale)
        return y, merged, count
    narrow = matmul(x, down, np.empty((len(x), len(down)), x.dtype), turn_b=True)
    narrow *= scale
    y = matmul(narrow, up, _dense(x, w, b), turn_b=True, add=True)
    merged = matmul(scale * up, down, w.copy(), add=True)
    return y, merged, count


@contract(
    "dy (N, F), x (N, D), w (F, D), down (r, D), up (F, r), alpha real -> x",
    "r >= 1",
)
def lora_backward(
    dy: Array, x: Array, w: Array, down: Array, up: Array, alpha: float
) -> tuple[Array, Array, Array]:
    """See `solutions.transfer.chapter.lora_backward`."""
    scale = x.dtype.type(alpha / len(down))
    if x.size * len(w) < LITTLE:
        dx, d_down, d_up = _backward_little(products(x.dtype), dy, x, w, down, up, scale)
        return dx, d_down, d_up
    rank = len(down)
    back = matmul(dy, up, np.empty((len(x), rank), x.dtype))
    narrow = matmul(x, down, np.empty((len(x), rank), x.dtype), turn_b=True)
    back *= scale
    narrow *= scale
    dx = matmul(back, down, matmul(dy, w, np.empty_like(x)), add=True)
    d_down = matmul(back, x, np.empty_like(down), turn_a=True)
    return dx, d_down, matmul(dy, narrow, np.empty_like(up), turn_a=True)


@contract("change (L, N, F), d_down (L, r, D), d_up (L, F, r)")
def lora_start(change: Array, d_down: Array, d_up: Array) -> list[str]:
    """See `solutions.transfer.chapter.lora_start`."""
    words = {(False, False): "both", (True, False): "down", (False, True): "up"}
    moves = ((bool(a.any()), bool(b.any())) for a, b in zip(d_down, d_up, strict=True))
    return [
        "neither" if np.any(gap) else words.get(found, "neither")
        for gap, found in zip(change, moves, strict=True)
    ]


# --- distillation ---------------------------------------------------------------------------------


@njit(**SERIAL)
def _log_softmax(scores, cold, out, room):
    """Fill a row with logarithms of probabilities, and another one with these."""
    top = largest(scores)
    for k in range(scores.size):
        out[k] = (scores[k] - top) * cold
    for k in range(scores.size):
        room[k] = exp(out[k])
    mass = total(room)
    lost, share = log(mass), like(mass, 1) / mass
    for k in range(scores.size):
        out[k] -= lost
    for k in range(scores.size):
        room[k] *= share


def _distil(logits, teacher, labels, cold, hot, weight, share, dlogits, losses):
    """Fill the gradients, row by row, and the losses of the samples."""
    size = (len(logits) + BLOCKS - 1) // BLOCKS
    own, soft = like(cold, 1) - weight, weight * hot
    for block in prange(BLOCKS):
        room = np.empty((6, logits.shape[1]), logits.dtype)
        log_p, p, log_q, q, log_s, s = room[0], room[1], room[2], room[3], room[4], room[5]
        for n in range(block * size, min((block + 1) * size, len(logits))):
            down = dlogits[n]
            _log_softmax(teacher[n], cold, log_p, p)
            _log_softmax(logits[n], cold, log_q, q)
            _log_softmax(logits[n], like(cold, 1), log_s, s)
            losses[n] = -own * log_s[labels[n]]
            s[labels[n]] -= like(cold, 1)
            for k in range(s.size):
                q[k] -= p[k]
            for k in range(s.size):
                down[k] = (own * s[k] + soft * q[k]) * share
            for k in range(s.size):
                log_p[k] -= log_q[k]
            for k in range(s.size):
                log_p[k] *= p[k]
            losses[n] += soft * hot * total(log_p)


_distil_serial = njit(**SERIAL)(_distil)
_distil_parallel = njit(**PARALLEL)(_distil)


@contract(
    "logits (N, K), teacher (N, K), labels int (N) >= 0 < K, temperature real > 0, "
    "weight real >= 0 <= 1 -> logits",
    "N >= 1",
)
def distillation_loss(
    logits: Array, teacher: Array, labels: Whole, temperature: float, weight: float
) -> tuple[float, Array]:
    """See `solutions.transfer.chapter.distillation_loss`."""
    kind, dlogits = logits.dtype.type, np.empty_like(logits)
    losses = np.empty(len(logits), logits.dtype)
    run = _distil_serial if logits.size < SMALL else _distil_parallel
    numbers = (kind(v) for v in (1 / temperature, temperature, weight, 1 / len(logits)))
    run(logits, teacher, labels, *numbers, dlogits, losses)
    return float(losses.mean(dtype=float)), dlogits


# --- learning without labels ----------------------------------------------------------------------


@contract(
    "tokens int (T), positions int (P) >= 0 < T, u double (P), words int (P), mask_id int",
)
def masked_words(
    tokens: Whole, positions: Whole, u: Array, words: Whole, mask_id: int
) -> tuple[Whole, Whole]:
    """See `solutions.transfer.chapter.masked_words`."""
    if len(np.unique(positions)) < len(positions):
        raise ValueError("expected positions that are all different")
    inputs, labels = tokens.copy(), np.full_like(tokens, -100)
    labels[positions] = tokens[positions]
    masked, random = u < 0.8, (u >= 0.8) & (u < 0.9)
    inputs[positions[masked]] = mask_id
    inputs[positions[random]] = words[random]
    return inputs, labels


@contract("labels int (N)")
def same_class_pairs(labels: Whole) -> Whole:
    """See `solutions.transfer.chapter.same_class_pairs`."""
    order = np.argsort(labels, kind="stable")
    ends = np.flatnonzero(np.diff(labels[order])) + 1
    found = [np.empty((0, 2), np.int64)]
    for places in np.split(order, ends):  # of one class, rising
        first, second = np.triu_indices(len(places), 1)
        found.append(np.stack([places[first], places[second]], axis=1))
    pairs = np.concatenate(found)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _units(z, unit, lengths):
    for n in prange(len(z)):
        row, squares = z[n], np.empty_like(z[n])
        top = like(row[0], 0)
        for i in range(row.size):
            top = max(top, abs(row[i]))
        for i in range(row.size):
            squares[i] = (row[i] / top) * (row[i] / top)
        lengths[n] = top * np.sqrt(total(squares))
        for i in range(row.size):
            unit[n, i] = row[i] / lengths[n]


_units_serial = njit(**SERIAL)(_units)
_units_parallel = njit(**PARALLEL)(_units)


def _candidates(scores, cold, times, spent):
    """Replace each row of cosines by its questions' probabilities; fill the logarithms of sums."""
    for n in prange(len(scores)):
        row = scores[n]
        row[n] = like(cold, -2)  # less than any cosine: the sample is no candidate of its own
        top = largest(row)
        for k in range(row.size):
            row[k] = exp((row[k] - top) * cold)
        row[n] = like(cold, 0)
        mass = total(row)
        spent[n] = log(mass) + top * cold
        share = times[n] / mass
        for k in range(row.size):
            row[k] *= share


_candidates_serial = njit(**SERIAL)(_candidates)
_candidates_parallel = njit(**PARALLEL)(_candidates)


def _flatten(du, unit, lengths, factor, dz):
    """Take from each row what lies along the vector, and scale the rest."""
    for n in prange(len(du)):
        along = np.empty_like(du[n])
        for i in range(along.size):
            along[i] = du[n, i] * unit[n, i]
        share, scale = total(along), factor / lengths[n]
        for i in range(along.size):
            dz[n, i] = (du[n, i] - share * unit[n, i]) * scale


_flatten_serial = njit(**SERIAL)(_flatten)
_flatten_parallel = njit(**PARALLEL)(_flatten)


@contract(
    "z (N, D), pairs int (P, 2) >= 0 < N, temperature real > 0 -> z",
    "P >= 1",
    "D >= 1",
)
def info_nce(z: Array, pairs: Whole, temperature: float) -> tuple[float, Array]:
    """See `solutions.transfer.chapter.info_nce`."""
    asks, partner = np.concatenate([pairs, pairs[:, ::-1]]).T
    if np.any(asks == partner) or not np.any(z, axis=1).all():
        raise ValueError("expected pairs of different samples, and no vector of length 0")
    kind, unit, lengths = z.dtype.type, np.empty_like(z), np.empty(len(z), z.dtype)
    (_units_serial if z.size < SMALL else _units_parallel)(z, unit, lengths)
    scores = matmul(unit, unit, np.empty((len(z), len(z)), z.dtype), turn_b=True)
    cold, own = kind(1 / temperature), scores[asks, partner]
    times, spent = np.bincount(asks, minlength=len(z)).astype(z.dtype), np.empty_like(lengths)
    run = _candidates_serial if scores.size < SMALL else _candidates_parallel
    run(scores, cold, times, spent)
    loss = np.mean(spent[asks].astype(float) - own.astype(float) * float(cold))
    np.subtract.at(scores, (asks, partner), kind(1))
    du = matmul(scores, unit, matmul(scores, unit, np.empty_like(z), turn_a=True), add=True)
    dz = np.empty_like(z)
    flat = _flatten_serial if z.size < SMALL else _flatten_parallel
    flat(du, unit, lengths, kind(1 / (temperature * len(asks))), dz)
    return float(loss), dz
