# mypy: allow-untyped-defs
"""Normalization of batches, layers, groups and channels, forward and backward; clipping.

Three ways to go through the numbers. *Columns*: a batch in two dimensions, a job owns some columns.
*Rows*: layer and RMS norm, a row has all its numbers side by side; gradients of scale and shift are
sums over a fixed number of blocks of rows. *Planes*: images, a job owns a channel of an image; what
several planes share is added up from one number of each. 1 and N threads give the same bits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract
from reference.kernels.move import put
from reference.kernels.norms import by_rows, row_gradients
from reference.kernels.vector import STRETCH, jobs, parts, stretch, total

__all__ = [
    "batch_norm_backward",
    "batch_norm_forward",
    "batch_norm_inference",
    "clip_gradients",
    "fold_batch_norm",
    "group_norm",
    "layer_norm_backward",
    "layer_norm_forward",
    "rms_norm",
    "scaled_step",
    "spatial_batch_norm",
    "standardize",
    "update_running_stats",
    "which_norm",
]

Array = NDArray[Any]

COLUMNS = 128
"""Columns that one job owns: their sums stay in the first cache."""


# --- columns: a batch in two dimensions -----------------------------------------------------------


def _column_moments(x, mean, var, sums):
    """Fill mean and variance of each column, in float64, from what each number is off the first.

    The first one is within the square root of N standard deviations of the mean: the difference of
    sums costs no more digits than a sum of N terms does. Four rows at a time: the sums are written
    once for them. Where rows are missing the first stands again, which adds nothing.
    """
    count, width = x.shape
    for job in prange((width + COLUMNS - 1) // COLUMNS):
        first, last = job * COLUMNS, min((job + 1) * COLUMNS, width)
        for k in range(first, last):
            number = np.float64(x[0, k])
            mean[k] = number if number - number == 0 else 0.0  # not if infinite, or NaN
            sums[k] = var[k] = 0.0
        for n in range(0, count, 4):
            a, b = x[n], x[n + 1 if n + 1 < count else 0]
            c, d = x[n + 2 if n + 2 < count else 0], x[n + 3 if n + 3 < count else 0]
            for j in range(last - first):
                at = np.uintp(first) + np.uintp(j)
                p, q, r, s = a[at] - mean[at], b[at] - mean[at], c[at] - mean[at], d[at] - mean[at]
                sums[at] += (p + q) + (r + s)
                var[at] += (p * p + q * q) + (r * r + s * s)
        for k in range(first, last):
            away = sums[k] / count
            mean[k] += away
            var[k] = var[k] / count - away * away


_column_moments_serial = njit(**SERIAL)(_column_moments)
_column_moments_parallel = njit(**PARALLEL)(_column_moments)


def _column_products(dy, x, mean, plain, along):
    """Fill the sums over each column of dy, and of dy times the deviation of x, in float64."""
    count, width = x.shape
    for job in prange((width + COLUMNS - 1) // COLUMNS):
        first, last = job * COLUMNS, min((job + 1) * COLUMNS, width)
        middle = mean[first:last]
        sums, products = np.zeros(last - first), np.zeros(last - first)
        for n in range(count):
            row, up = x[n, first:last], dy[n, first:last]
            for j in range(row.size):
                sums[j] += up[j]
                products[j] += up[j] * (row[j] - middle[j])
        put(plain[first:last], sums)
        put(along[first:last], products)


_column_products_serial = njit(**SERIAL)(_column_products)
_column_products_parallel = njit(**PARALLEL)(_column_products)


def _scale_columns(x, mean, scale, shift, y):
    for n in prange(len(x)):
        for j in range(x.shape[1]):
            y[n, j] = (x[n, j] - mean[j]) * scale[j] + shift[j]


_scale_columns_serial = njit(**SERIAL)(_scale_columns)
_scale_columns_parallel = njit(**PARALLEL)(_scale_columns)


def _column_gradients(dy, x, mean, scale, plain, along, dx):
    for n in prange(len(x)):
        for j in range(x.shape[1]):
            dx[n, j] = scale[j] * dy[n, j] - plain[j] - along[j] * (x[n, j] - mean[j])


_column_gradients_serial = njit(**SERIAL)(_column_gradients)
_column_gradients_parallel = njit(**PARALLEL)(_column_gradients)


def _moments(x: Array) -> tuple[Array, Array]:
    mean, var, sums = (np.empty(x.shape[1]) for _ in range(3))
    run = _column_moments_serial if x.size < SMALL else _column_moments_parallel
    run(x, mean, var, sums)
    return mean, var


def _in(x: Array, *parts: Array) -> Any:
    """Return arrays in the dtype of x."""
    return tuple(part.astype(x.dtype, copy=False) for part in parts)


def _scaled(x: Array, mean: Array, scale: Array, shift: Array) -> Array:
    y = np.empty_like(x)
    run = _scale_columns_serial if x.size < SMALL else _scale_columns_parallel
    run(x, *_in(x, mean, scale, shift), y)
    return y


@contract("train (N, D), test (M, D) -> train", "N >= 1")
def standardize(train: Array, test: Array) -> tuple[Array, Array]:
    """See `solutions.normalization.chapter.standardize`."""
    mean, var = _moments(train)
    same = np.all(train == train[0], axis=0)
    mean, scale = np.where(same, train[0], mean), 1 / np.sqrt(np.where(same, 1.0, var))
    still = np.zeros_like(mean)
    return _scaled(train, mean, scale, still), _scaled(test, mean, scale, still)


@contract("x (N, D), gamma (D), beta (D), eps real >= 0 -> x", "N >= 1")
def batch_norm_forward(
    x: Array, gamma: Array, beta: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """See `solutions.normalization.chapter.batch_norm_forward`."""
    mean, var = _moments(x)
    return _scaled(x, mean, gamma / np.sqrt(var + eps), beta), *_in(x, mean, var)


@contract(
    "running_mean (D), running_var (D), mean (D), var (D), n int >= 1, "
    "momentum real -> running_mean"
)
def update_running_stats(
    running_mean: Array,
    running_var: Array,
    mean: Array,
    var: Array,
    n: int,
    momentum: float = 0.1,
) -> tuple[Array, Array]:
    """See `solutions.normalization.chapter.update_running_stats`."""
    kept, share = 1.0 - momentum, momentum * (n / (n - 1) if n > 1 else 0.0)
    return (
        kept * running_mean + momentum * mean,
        kept * running_var + share * var if n > 1 else running_var.copy(),
    )


@contract(
    "x (N, D), gamma (D), beta (D), running_mean (D), running_var (D) >= 0, eps real >= 0 -> x"
)
def batch_norm_inference(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float = 1e-5,
) -> Array:
    """See `solutions.normalization.chapter.batch_norm_inference`."""
    scale = gamma / np.sqrt(running_var.astype(float) + eps)
    return _scaled(x, running_mean, scale, beta)


@contract("dy (N, D), x (N, D), gamma (D), eps real >= 0 -> x", "N >= 1")
def batch_norm_backward(
    dy: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """See `solutions.normalization.chapter.batch_norm_backward`."""
    mean, var = _moments(x)
    plain, along, dx = np.empty_like(mean), np.empty_like(mean), np.empty_like(x)
    large = x.size >= SMALL
    (_column_products_parallel if large else _column_products_serial)(dy, x, mean, plain, along)
    scale = gamma / np.sqrt(var + eps)
    shares = scale, scale * plain / len(x), scale * along / (var + eps) / len(x)
    run = _column_gradients_parallel if large else _column_gradients_serial
    run(dy, x, *_in(x, mean, *shares), dx)
    return dx, *_in(x, along / np.sqrt(var + eps), plain)


@contract(
    "w (F, C, KH, KW), b (F), gamma (F), beta (F), running_mean (F), running_var (F) >= 0, "
    "eps real >= 0 -> w"
)
def fold_batch_norm(
    w: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float = 1e-5,
) -> tuple[Array, Array]:
    """See `solutions.normalization.chapter.fold_batch_norm`."""
    factor = gamma / np.sqrt(running_var.astype(float) + eps)
    folded = w * factor.reshape(-1, 1, 1, 1).astype(w.dtype)
    return folded, *_in(w, beta - factor * running_mean + factor * b)


# --- rows: the features of a position -------------------------------------------------------------


@contract("x (N, T, D), gamma (D), beta (D), eps real >= 0 -> x", "D >= 1")
def layer_norm_forward(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Array:
    """See `solutions.normalization.chapter.layer_norm_forward`."""
    return by_rows(x, gamma, beta, True, eps)


@contract("dy (N, T, D), x (N, T, D), gamma (D), eps real >= 0 -> x", "D >= 1")
def layer_norm_backward(
    dy: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """See `solutions.normalization.chapter.layer_norm_backward`."""
    return row_gradients(dy, x, gamma, eps)


@contract("x (N, T, D), gamma (D), eps real >= 0 -> x", "D >= 1")
def rms_norm(x: Array, gamma: Array, eps: float = 1e-5) -> Array:
    """See `solutions.normalization.chapter.rms_norm`."""
    return by_rows(x, gamma, np.zeros_like(gamma), False, eps)


# --- planes: a channel of an image ----------------------------------------------------------------


def _plane_sums(x, sums):
    for p in prange(len(x)):
        sums[p, 0] = total(x[p])


_plane_sums_serial = njit(**SERIAL)(_plane_sums)
_plane_sums_parallel = njit(**PARALLEL)(_plane_sums)


PLANES = 8
"""Planes that one job takes: the room beside them is made once."""


def _plane_moments(dy, x, mean, sums):
    """Fill each plane's sums of squared deviations, of dy, and of dy times the deviation."""
    for job in prange((len(x) + PLANES - 1) // PLANES):
        room, other = np.empty(STRETCH, x.dtype), np.empty(STRETCH, x.dtype)
        for p in range(job * PLANES, min((job + 1) * PLANES, len(x))):
            squares, along, middle = 0.0, 0.0, mean[p]
            for part in range((x.shape[1] + STRETCH - 1) // STRETCH):
                first, last = stretch(part, x.shape[1])
                row, up = x[p, first:last], dy[p, first:last]
                for i in range(row.size):
                    away = row[i] - middle
                    room[i], other[i] = away * away, up[i] * away
                squares += total(room[: row.size])
                along += total(other[: row.size])
            sums[p, 1], sums[p, 2], sums[p, 3] = squares, total(dy[p]), along


_plane_moments_serial = njit(**SERIAL)(_plane_moments)
_plane_moments_parallel = njit(**PARALLEL)(_plane_moments)


def _plane_outputs(dy, x, mean, numbers, y, dx):
    for p in prange(len(x)):
        scale, shift, plain, along = numbers[p, 0], numbers[p, 1], numbers[p, 2], numbers[p, 3]
        row, up, out, back, middle = x[p], dy[p], y[p], dx[p], mean[p]
        for i in range(row.size):
            away = row[i] - middle
            out[i] = away * scale + shift
            back[i] = scale * up[i] - plain - along * away


_plane_outputs_serial = njit(**SERIAL)(_plane_outputs)
_plane_outputs_parallel = njit(**PARALLEL)(_plane_outputs)


@njit(**SERIAL)
def _shared(values, groups):
    """Return for each plane the sum over all planes that are normalized together with it.

    `values` has shape (N, C). With groups, planes of one image share; with 0, one channel of all.
    """
    (n, c), out = values.shape, np.empty(values.shape)
    width, images = (c // groups, 1) if groups else (1, n)
    for i in range(0, n, max(1, images)):
        for j in range(0, c, max(1, width)):
            found = 0.0
            for k in range(images):
                for channel in range(j, j + width):
                    found += values[i + k, channel]
            out[i : i + images, j : j + width] = found
    return out


@njit(**SERIAL)
def _plane_means(shape, groups, count, sums, mean):
    together = _shared(sums[:, 0].copy().reshape(shape), groups).reshape(-1)
    for p in range(mean.size):
        mean[p] = together[p] / count


@njit(**SERIAL)
def _plane_numbers(shape, groups, count, eps, gamma, beta, sums, numbers):
    """Fill what the outputs of each plane are made of; one over the root takes the sum's place."""
    squares = _shared(sums[:, 1].copy().reshape(shape), groups).reshape(-1)
    plain, along = np.empty(shape), np.empty(shape)
    for p in range(squares.size):
        n, j = p // gamma.size, p % gamma.size
        plain[n, j], along[n, j] = gamma[j] * sums[p, 2], gamma[j] * sums[p, 3]
    plain, along = _shared(plain, groups).reshape(-1), _shared(along, groups).reshape(-1)
    for p in range(squares.size):
        turned, j = 1 / np.sqrt(squares[p] / count + eps), p % gamma.size
        sums[p, 0] = turned
        numbers[p, 0], numbers[p, 1] = turned * gamma[j], beta[j]
        numbers[p, 2] = turned * plain[p] / count
        numbers[p, 3] = turned**3 * along[p] / count


@njit(**SERIAL)
def _plane_slopes(sums, slopes):
    """Add up over the images the slopes of scale and shift of each channel."""
    for p in range(len(sums)):
        j = p % slopes.shape[1]
        slopes[0, j] += sums[p, 3] * sums[p, 0]
        slopes[1, j] += sums[p, 2]


@njit(**SERIAL)
def _planes(up, x, shape, groups, count, eps, gamma, beta, sums, mean, numbers, y, dx, slopes):
    """Do all of `_by_planes` at once: each call from Python would cost as much as its work."""
    _plane_sums_serial(x, sums)
    _plane_means(shape, groups, count, sums, mean)
    _plane_moments_serial(up, x, mean, sums)
    _plane_numbers(shape, groups, count, eps, gamma, beta, sums, numbers)
    _plane_outputs_serial(up, x, mean, numbers, y, dx)
    _plane_slopes(sums, slopes)


def _by_planes(
    x: Array, dy: Array, gamma: Array, beta: Array, groups: int, eps: float
) -> tuple[Array, Array, Array, Array]:
    """Normalize over pixels, and over the channels of a group or (groups = 0) the images."""
    (n, c, h, w), kind, y, dx = x.shape, x.dtype, np.empty_like(x), np.empty_like(x)
    up, x, flat, back = (part.reshape(n * c, h * w) for part in (dy, x, y, dx))
    sums, mean, numbers = np.empty((n * c, 4)), np.empty(n * c, kind), np.empty((n * c, 4), kind)
    how = (n, c), groups, h * w * (c // groups if groups else n), float(eps)
    slopes = np.zeros((2, c))
    if x.size < SMALL:
        _planes(up, x, *how, gamma, beta, sums, mean, numbers, flat, back, slopes)
    else:
        _plane_sums_parallel(x, sums)
        _plane_means(*how[:3], sums, mean)
        _plane_moments_parallel(up, x, mean, sums)
        _plane_numbers(*how, gamma, beta, sums, numbers)
        _plane_outputs_parallel(up, x, mean, numbers, flat, back)
        _plane_slopes(sums, slopes)
    return y, dx, *_in(y, slopes[0], slopes[1])


@contract(
    "x (N, C, H, W), dy (N, C, H, W), gamma (C), beta (C), eps real >= 0 -> x",
    "N >= 1",
    "H >= 1",
    "W >= 1",
)
def spatial_batch_norm(
    x: Array, dy: Array, gamma: Array, beta: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.normalization.chapter.spatial_batch_norm`."""
    return _by_planes(x, dy, gamma, beta, 0, eps)


@contract(
    "x (N, C, H, W), dy (N, C, H, W), gamma (C), beta (C), groups int >= 1, eps real >= 0 -> x",
    "C % groups == 0",
    "C >= 1",
    "H >= 1",
    "W >= 1",
)
def group_norm(
    x: Array, dy: Array, gamma: Array, beta: Array, groups: int, eps: float = 1e-5
) -> tuple[Array, Array, Array, Array]:
    """See `solutions.normalization.chapter.group_norm`."""
    return _by_planes(x, dy, gamma, beta, groups, eps)


# --- what normalization does ----------------------------------------------------------------------


@contract("y double (N, C, H, W)", "N >= 2", "C >= 2", "H >= 1", "W >= 1")
def which_norm(y: Array) -> tuple[str, int]:
    """See `solutions.normalization.chapter.which_norm`."""
    n, c = y.shape[:2]
    sums = np.stack([y.sum(axis=(2, 3)), np.square(y).sum(axis=(2, 3))])
    pixels, names = y[0, 0].size, {1: "layer", c: "instance"}
    cuts = [groups for groups in range(c, 0, -1) if c % groups == 0]
    for groups in [*cuts, 0]:
        count = pixels * (c // groups if groups else n)
        mean, square = (_shared(part, groups) / count for part in sums)
        if max(np.abs(mean).max(), np.abs(square - mean**2 - 1).max()) < 4e-3:
            return (names.get(groups, "group"), groups) if groups else ("batch", 0)
    return "none", 0


@contract("w (F, D), gradient (F, D), c (F) > 0, lr real -> w")
def scaled_step(w: Array, gradient: Array, c: Array, lr: float) -> tuple[Array, Array]:
    """See `solutions.normalization.chapter.scaled_step`."""
    rates = lr / np.square(c, dtype=float)
    long = c[:, np.newaxis]
    return (*_in(w, (w - rates[:, np.newaxis] * gradient) * long, rates),)


def _squares(x, sums):
    """Fill the sum of squares of each stretch, in float64."""
    for job in prange(jobs(sums)):
        room = np.empty(STRETCH)
        for part in range(*parts(job, sums)):
            first, last = stretch(part, x.size)
            row = x[first:last]
            for i in range(row.size):
                number = np.float64(row[i])
                room[i] = number * number
            sums[part] = total(room[: row.size])
    return total(sums)


_squares_serial = njit(**SERIAL)(_squares)
_squares_parallel = njit(**PARALLEL)(_squares)


def _sum_of_squares(x: Array) -> float:
    run = _squares_serial if x.size < SMALL else _squares_parallel
    return float(run(x.reshape(-1), np.empty((x.size + STRETCH - 1) // STRETCH)))


@contract("gradients list((...)), limit real > 0, how 'value' | 'norm' | 'global' -> gradients")
def clip_gradients(gradients: list[Array], limit: float, how: str) -> list[Array]:
    """See `solutions.normalization.chapter.clip_gradients`."""
    if how == "value":
        return [np.where(np.isnan(g), 0, np.clip(g, -limit, limit)) for g in gradients]
    squares = [_sum_of_squares(g) for g in gradients]
    if how == "global":
        squares = [math.fsum(squares)] * len(gradients)
    factors = [limit / max(limit, math.sqrt(s)) if math.isfinite(s) else None for s in squares]
    return [
        np.zeros_like(g) if factor is None else g * factor
        for g, factor in zip(gradients, factors, strict=True)
    ]
