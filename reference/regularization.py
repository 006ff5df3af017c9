# mypy: allow-untyped-defs
"""Regularizers: penalties and constraints on weights, dropout and its relatives, augmentation.

Each job of several threads owns the rows, the images or the stretch it writes: 1 and N threads give
the same bits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.gemm import matmul
from reference.kernels.vector import (
    STRETCH,
    exp,
    jobs,
    largest,
    like,
    parts,
    relu,
    stretch,
    stretches,
    total,
)

__all__ = [
    "augment_colour",
    "augment_warp",
    "bias_variance",
    "constrained_step",
    "dropout",
    "dropout_fault",
    "early_stopping",
    "elastic_penalty",
    "fgsm",
    "magnitude_prune",
    "mc_dropout",
    "mixup",
    "stochastic_depth",
    "which_penalty",
]

Array = NDArray[Any]
Layers = list[tuple[Array, Array]]

GREY = (0.299, 0.587, 0.114)

BLOCK = 16_384
"""Elements that one job of dropout covers."""

COLUMNS = 256
"""Outputs whose moments over several passes one job takes."""


# --- bias and variance, weights -------------------------------------------------------------------


@contract("predictions double (R, N), truth double (N), noise real", "R >= 1", "N >= 1")
def bias_variance(
    predictions: Array, truth: Array, noise: float = 0.0
) -> tuple[float, float, float]:
    """See `solutions.regularization.chapter.bias_variance`."""
    gaps = predictions - truth
    common = gaps.sum(axis=0) / len(gaps)
    variance = float(np.square(gaps - common).mean())
    return float(np.square(common).mean()), variance, float(np.square(gaps).mean()) + noise


def _pull(w: Array, l1: Any, l2: Any, slope: Array) -> Any:
    """Fill the slopes ``l1 sign(w) + l2 w``; return the sums of sizes and of squares."""
    sizes, squares = stretches(w), stretches(w)
    for job in prange(jobs(sizes)):
        size, square = np.empty(STRETCH, w.dtype), np.empty(STRETCH, w.dtype)
        for part in range(*parts(job, sizes)):
            first, last = stretch(part, w.size)
            some, down = w[first:last], slope[first:last]
            for i in range(some.size):
                size[i] = abs(some[i])
                square[i] = some[i] * some[i]
                down[i] = l2 * some[i] + l1 * np.sign(some[i])
            sizes[part] = total(size[: some.size])
            squares[part] = total(square[: some.size])
    return total(sizes), total(squares)


_pull_serial = njit(**SERIAL)(_pull)
_pull_parallel = njit(**PARALLEL)(_pull)


@contract("layers list(tuple((D', D), (D'))), l1 real, l2 real, m int >= 1")
def elastic_penalty(layers: Layers, l1: float, l2: float, m: int) -> tuple[float, Layers]:
    """See `solutions.regularization.chapter.elastic_penalty`."""
    penalty, slopes = 0.0, []
    for w, bias in layers:
        slope, kind = np.empty_like(w), w.dtype.type
        run = _pull_serial if w.size < SMALL else _pull_parallel
        sums = run(w.reshape(-1), kind(l1 / (2 * m)), kind(l2 / m), slope.reshape(-1))
        penalty += (l1 * float(sums[0]) + l2 * float(sums[1])) / (2 * m)
        slopes.append((slope, np.zeros_like(bias)))
    return penalty, slopes


@contract("path double (T, D), lr real > 0", "T >= 3", "D >= 2")
def which_penalty(path: Array, lr: float) -> tuple[str, float]:
    """See `solutions.regularization.chapter.which_penalty`."""
    steps = np.abs(path[:3])
    order = np.argsort(steps[0])
    small, large = steps[:, order[0]], steps[:, order[-1]]
    first, second = large[0] - large[1], large[1] - large[2]
    if first <= 1e-6 * large[0]:
        return "none", 0.0
    if second <= 1e-4 * first:
        return "max-norm", math.sqrt(float(steps[1] @ steps[1]))
    shrunk, other = large[1] / large[0], small[1] / small[0]
    if abs(shrunk - other) <= 1e-4 * (1 - shrunk):
        return "l2", float((1 - shrunk) / lr)
    return "l1", float(first / lr)


def _constrain(w: Array, update: Array, kept: Array, share: Any, r: Any, new: Array) -> None:
    for row in prange(len(w)):
        squares = np.empty(w.shape[1], w.dtype)
        for i in range(w.shape[1]):
            moved = w[row, i] - update[row, i] - share * w[row, i]
            new[row, i] = moved if kept[row, i] else like(moved, 0)
            squares[i] = new[row, i] * new[row, i]
        length = np.sqrt(total(squares))
        if length > r:
            for i in range(w.shape[1]):
                new[row, i] *= r / length


_constrain_serial = njit(**SERIAL)(_constrain)
_constrain_parallel = njit(**PARALLEL)(_constrain)


@contract("w (F, D), update (F, D), lr real, decay real, mask bool? (F, D), r real >= 0 -> w")
def constrained_step(
    w: Array,
    update: Array,
    lr: float,
    decay: float = 0.0,
    mask: NDArray[np.bool_] | None = None,
    r: float = np.inf,
) -> Array:
    """See `solutions.regularization.chapter.constrained_step`."""
    kept = np.ones(w.shape, np.bool_) if mask is None else mask
    new, kind = np.empty_like(w), w.dtype.type
    run = _constrain_serial if w.size < SMALL else _constrain_parallel
    run(w, update, kept, kind(lr * decay), kind(r), new)
    return new


@contract("weights list(kept (...)), sparsity real >= 0 <= 1")
def magnitude_prune(weights: list[Array], sparsity: float) -> list[NDArray[np.bool_]]:
    """See `solutions.regularization.chapter.magnitude_prune`."""
    sizes = np.concatenate([np.abs(w).ravel() for w in weights])
    order = np.lexsort((np.arange(sizes.size), sizes))
    kept = np.zeros(sizes.size, dtype=np.bool_)
    kept[order[round(sparsity * sizes.size) :]] = True
    masks, first = [], 0
    for w in weights:
        masks.append(kept[first : first + w.size].reshape(w.shape))
        first += w.size
    return masks


# --- dropout and its relatives --------------------------------------------------------------------


def _drop(x: Array, dy: Array, u: Array, p: Any, scale: Any, y: Array, dx: Array) -> None:
    for job in prange((x.size + BLOCK - 1) // BLOCK):
        first, last = job * BLOCK, min((job + 1) * BLOCK, x.size)
        some, ups, draws = x[first:last], dy[first:last], u[first:last]
        out, back = y[first:last], dx[first:last]
        for i in range(some.size):
            factor = scale if draws[i] >= p else like(scale, 0)
            out[i] = factor * some[i]
            back[i] = factor * ups[i]


_drop_serial = njit(**SERIAL)(_drop)
_drop_parallel = njit(**PARALLEL)(_drop)


@contract("x (*S), dy (*S), u kept (*S), p real >= 0 <= 1, training flag -> x")
def dropout(x: Array, dy: Array, u: Array, p: float, training: bool = True) -> tuple[Array, Array]:
    """See `solutions.regularization.chapter.dropout`."""
    if not training or p == 0:
        return x.copy(), dy.copy()
    draws = np.ascontiguousarray(u)
    y, dx = np.empty_like(x), np.empty_like(x)
    scale = x.dtype.type(0.0 if p == 1 else 1 / (1 - p))
    run = _drop_serial if x.size < SMALL else _drop_parallel
    flat = (array.reshape(-1) for array in (x, dy, draws))
    run(*flat, draws.dtype.type(p), scale, y.reshape(-1), dx.reshape(-1))
    return y, dx


@contract("x (N, D), train (N, D), test (N, D)", "N >= 1", "D >= 1")
def dropout_fault(x: Array, train: Array, test: Array) -> tuple[str, float]:
    """See `solutions.regularization.chapter.dropout_fault`."""
    p = np.count_nonzero(train == 0) / train.size
    if not np.all(test):
        return "left-on", p
    if not np.diff(train == 0, axis=0).any():
        return "one-mask", p
    ratio = np.abs(np.sum(np.abs(train), dtype=float) / np.sum(np.abs(x[train != 0]), dtype=float))
    later = np.sum(np.abs(test), dtype=float) / np.sum(np.abs(x), dtype=float)
    names = {(False, False): "never-scaled", (False, True): "original"}
    names |= {(True, False): "inverted", (True, True): "scaled-twice"}
    return names[bool(ratio > 1 + p / 2), bool(later < 1 - p / 2)], p


def _moments(passes: Array, mean: Array, variance: Array) -> None:
    """Fill mean and variance over the first axis, with two looks at the numbers, in float64."""
    for job in prange((mean.size + COLUMNS - 1) // COLUMNS):
        first, last = job * COLUMNS, min((job + 1) * COLUMNS, mean.size)
        middle, spread = np.zeros(last - first), np.zeros(last - first)
        for t in range(len(passes)):
            row = passes[t, first:last]
            for i in range(row.size):
                middle[i] += row[i]
        for i in range(middle.size):
            middle[i] /= len(passes)
        for t in range(len(passes)):
            row = passes[t, first:last]
            for i in range(row.size):
                spread[i] += (row[i] - middle[i]) * (row[i] - middle[i])
        mean[first:last] = middle
        variance[first:last] = spread / len(passes)


_moments_serial = njit(**SERIAL)(_moments)
_moments_parallel = njit(**PARALLEL)(_moments)


def _dense(x: Array, w: Array, b: Array) -> Array:
    out = np.empty((len(x), len(w)), x.dtype)
    out[:] = b
    return matmul(x, w, out, turn_b=True, add=True)


@contract(
    "x (N, D), layers tuple(tuple((H, D), (H)), tuple((K, H), (K))), "
    "u kept (T, N, H), p real >= 0 < 1 -> x",
    "T >= 1",
)
def mc_dropout(x: Array, layers: Layers, u: Array, p: float) -> tuple[Array, Array]:
    """See `solutions.regularization.chapter.mc_dropout`."""
    (w1, b1), (w2, b2) = layers
    h = np.maximum(_dense(x, w1, b1), 0)
    passes = np.stack([_dense(dropout(h, h, draws, p)[0], w2, b2) for draws in u])
    mean, variance = np.empty_like(passes[0]), np.empty_like(passes[0])
    run = _moments_serial if passes.size < SMALL else _moments_parallel
    run(passes.reshape(len(u), -1), mean.reshape(-1), variance.reshape(-1))
    return mean, variance


def _join(h: Array, z: Array, shares: Array) -> None:
    """Add to h a share of the block's activations, row by row, in place."""
    for n in prange(len(h)):
        for i in range(h.shape[1]):
            h[n, i] += shares[n] * relu(z[n, i])


_join_serial = njit(**SERIAL)(_join)
_join_parallel = njit(**PARALLEL)(_join)


@contract(
    "x (N, D), weights list((D, D)), u kept (L, N), p_last real >= 0 <= 1, training flag -> x",
    "L == len(weights)",
)
def stochastic_depth(
    x: Array, weights: list[Array], u: Array, p_last: float, training: bool = True
) -> Array:
    """See `solutions.regularization.chapter.stochastic_depth`."""
    h = x.copy()
    run = _join_serial if h.size < SMALL else _join_parallel
    for number, (w, draws) in enumerate(zip(weights, u, strict=True), 1):
        stays = 1.0 - number * (1.0 - p_last) / len(weights)
        shares = (draws < stays) if training else np.full(len(h), stays)
        run(h, matmul(h, w, np.empty_like(h), turn_b=True), shares.astype(h.dtype))
    return h


# --- training -------------------------------------------------------------------------------------


@contract("val_losses double (T), patience int >= 1", "T >= 1")
def early_stopping(val_losses: Array, patience: int) -> tuple[int, int]:
    """See `solutions.regularization.chapter.early_stopping`."""
    lowest, best, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses.tolist()):
        waited += 1
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        if waited == patience:
            return epoch, best
    return len(val_losses) - 1, best


def _blend(x: Array, lam: Array, order: Array, mixed: Array) -> None:
    for n in prange(len(x)):
        own = lam[n]
        other = like(own, 1) - own
        for i in range(x.shape[1]):
            mixed[n, i] = own * x[n, i] + other * x[order[n], i]


_blend_serial = njit(**SERIAL)(_blend)
_blend_parallel = njit(**PARALLEL)(_blend)


@contract(
    "x (...), labels int (N) >= 0 < classes, classes int >= 1, lam (N), "
    "order int (N) >= 0 < N, eps real -> x",
    "len(x) == N",
)
def mixup(
    x: Array,
    labels: NDArray[np.integer],
    classes: int,
    lam: Array,
    order: NDArray[np.integer],
    eps: float = 0.0,
) -> tuple[Array, Array]:
    """See `solutions.regularization.chapter.mixup`."""
    mixed, targets = np.empty_like(x), np.full((len(x), classes), eps / classes, x.dtype)
    run = _blend_serial if x.size < SMALL else _blend_parallel
    run(x.reshape(len(x), -1), lam, order, mixed.reshape(len(x), -1))
    rows, sure = np.arange(len(x)), x.dtype.type(1.0 - eps)
    np.add.at(targets, (rows, labels), lam * sure)
    np.add.at(targets, (rows, labels[order]), (1 - lam) * sure)
    return mixed, targets


# --- augmentation ---------------------------------------------------------------------------------


@njit(**SERIAL)
def _read(image, x, y, out, i, j):
    """Read all channels of an image at (x, y) into out[:, i, j]; outside counts as 0."""
    left, top = math.floor(x), math.floor(y)
    for c in range(image.shape[0]):
        value = 0.0
        for row in (top, top + 1):
            for column in (left, left + 1):
                if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]:
                    weight = (1.0 - abs(x - column)) * (1.0 - abs(y - row))
                    value += weight * image[c, int(row), int(column)]
        out[c, i, j] = value


def _warp(images: Array, moves: Array, out: Array) -> None:
    """Fill the output by rows; `moves` holds sign, cosine, sine, dx, dy and zoom of each image."""
    H, W = images.shape[2:]
    rows, columns = out.shape[2:]
    for job in prange(len(images) * rows):
        n, i = job // rows, job % rows
        move = moves[n]
        sign, cos, sin, dx, dy, zoom = move[0], move[1], move[2], move[3], move[4], move[5]
        b = i - (rows - 1) / 2 - dy
        for j in range(columns):
            a = j - (columns - 1) / 2 - dx
            x = (W - 1) / 2 + sign * (a * cos + b * sin) / zoom
            y = (H - 1) / 2 + (b * cos - a * sin) / zoom
            _read(images[n], x, y, out[n], i, j)


_warp_serial = njit(**SERIAL)(_warp)
_warp_parallel = njit(**PARALLEL)(_warp)


@contract(
    "images (N, C, H, W), flip bool (N), angle double (N), shift double (N, 2), "
    "zoom double (N), size ints(R, S) >= 1 -> images"
)
def augment_warp(
    images: Array,
    flip: NDArray[np.bool_],
    angle: Array,
    shift: Array,
    zoom: Array,
    size: tuple[int, int],
) -> Array:
    """See `solutions.regularization.chapter.augment_warp`."""
    columns = [np.where(flip, -1.0, 1.0), np.cos(angle), np.sin(angle), *shift.T, zoom]
    out = np.empty((*images.shape[:2], *size), images.dtype)
    run = _warp_serial if out.size < SMALL // 8 else _warp_parallel
    run(images, np.stack(columns, axis=1), out)
    return out


@njit(**SERIAL)
def _cut(v):
    """Return v, or the nearest number of [0, 1]."""
    zero, one = like(v, 0), like(v, 1)
    return zero if v < zero else (one if v > one else v)


@njit(**SERIAL)
def _greys(image, grey):
    """Fill the grey values of an image of three flat channels."""
    for i in range(grey.size):
        red, green, blue = image[0, i], image[1, i], image[2, i]
        grey[i] = like(red, GREY[0]) * red + like(red, GREY[1]) * green + like(red, GREY[2]) * blue


@njit(**SERIAL)
def _sixths(red, green, blue, top, chroma):
    """Return the hue of a pixel that is not grey, in sixths of the colour circle."""
    if top == red:
        return (green - blue) / chroma
    if top == green:
        return like(red, 2) + (blue - red) / chroma
    return like(red, 4) + (red - green) / chroma


@njit(**SERIAL)
def _turn(image, i, turns):
    """Move the hue of one pixel on, in place."""
    red, green, blue = image[0, i], image[1, i], image[2, i]
    top = max(red, green, blue)
    chroma = top - min(red, green, blue)
    if chroma > 0:
        hue = _sixths(red, green, blue, top, chroma) + like(red, 6) * turns
        for c in range(3):
            k = (like(red, 5 - 2 * c) + hue) % like(red, 6)
            image[c, i] = top - chroma * _cut(min(k, like(red, 4) - k))


def _colour(images: Array, factors: Array, out: Array) -> None:
    """Change the flat images; `factors` holds brightness, contrast, saturation and hue of each."""
    size = images.shape[2]
    for n in prange(len(images)):
        grey = np.empty(size, images.dtype)
        factor = factors[n]
        bright, contrast, saturation, turns = factor[0], factor[1], factor[2], factor[3]
        image = out[n]
        for c in range(3):
            for i in range(size):
                image[c, i] = _cut(bright * images[n, c, i])
        _greys(image, grey)
        mean = total(grey) / like(bright, size)
        for c in range(3):
            for i in range(size):
                image[c, i] = _cut(mean + contrast * (image[c, i] - mean))
        _greys(image, grey)
        for c in range(3):
            for i in range(size):
                image[c, i] = _cut(grey[i] + saturation * (image[c, i] - grey[i]))
        for i in range(size):
            _turn(image, i, turns)


_colour_serial = njit(**SERIAL)(_colour)
_colour_parallel = njit(**PARALLEL)(_colour)


@contract("images (N, 3, H, W), brightness (N), contrast (N), saturation (N), hue (N) -> images")
def augment_colour(
    images: Array, brightness: Array, contrast: Array, saturation: Array, hue: Array
) -> Array:
    """See `solutions.regularization.chapter.augment_colour`."""
    factors = np.stack([brightness, contrast, saturation, hue], axis=1)
    pixels = images.shape[2] * images.shape[3]  # -1 has no meaning for no images
    flat, out = images.reshape(len(images), 3, pixels), np.empty_like(images)
    run = _colour_serial if images.size < SMALL // 4 else _colour_parallel
    run(flat, factors, out.reshape(flat.shape))
    return out


# --- attack ---------------------------------------------------------------------------------------


@njit(**SERIAL)
def _blame(scores, labels):
    """Replace scores by softmax minus the right answer, row by row."""
    for n in range(len(scores)):
        row = scores[n]
        top = largest(row)
        for k in range(row.size):
            row[k] = exp(row[k] - top)
        mass = total(row)
        for k in range(row.size):
            row[k] /= mass
        row[labels[n]] = like(mass, 0)  # p - 1 would be 0 where p rounds to 1
        row[labels[n]] = -total(row)


@contract("x (N, D), labels int (N) >= 0 < K, w (K, D), b (K), eps real -> x", "K >= 1")
def fgsm(x: Array, labels: NDArray[np.integer], w: Array, b: Array, eps: float) -> Array:
    """See `solutions.regularization.chapter.fgsm`."""
    blame = _dense(x, w, b)
    _blame(blame, labels)
    pull = matmul(blame, w, np.empty_like(x))
    return np.asarray(np.clip(x + x.dtype.type(eps) * np.sign(pull), 0, 1))
