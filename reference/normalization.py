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
from reference.kernels.norms import by_rows, row_gradients
from reference.kernels.vector import STRETCH, stretch, total

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


def _column_moments(x, mean, var):
    """Fill mean and variance of each column, in float64; a second look at the numbers."""
    count, width = x.shape
    for job in prange((width + COLUMNS - 1) // COLUMNS):
        first, last = job * COLUMNS, min((job + 1) * COLUMNS, width)
        sums = np.zeros(last - first)
        for n in range(count):
            row = x[n, first:last]
            for j in range(row.size):
                sums[j] += row[j]
        middle = sums / count
        squares = np.zeros(last - first)
        for n in range(count):
            row = x[n, first:last]
            for j in range(row.size):
                squares[j] += (row[j] - middle[j]) * (row[j] - middle[j])
        mean[first:last] = middle
        var[first:last] = squares / count


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
        plain[first:last] = sums
        along[first:last] = products


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
    mean, var = np.empty(x.shape[1]), np.empty(x.shape[1])
    run = _column_moments_serial if x.size < SMALL else _column_moments_parallel
    run(x, mean, var)
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
        sums[p] = total(x[p])


_plane_sums_serial = njit(**SERIAL)(_plane_sums)
_plane_sums_parallel = njit(**PARALLEL)(_plane_sums)


def _plane_squares(x, mean, squares):
    """Fill the sum of squared deviations of each plane."""
    for p in prange(len(x)):
        room, found = np.empty(STRETCH, x.dtype), 0.0
        for part in range((x.shape[1] + STRETCH - 1) // STRETCH):
            first, last = stretch(part, x.shape[1])
            row = x[p, first:last]
            for i in range(row.size):
                room[i] = (row[i] - mean[p]) * (row[i] - mean[p])
            found += total(room[: row.size])
        squares[p] = found


_plane_squares_serial = njit(**SERIAL)(_plane_squares)
_plane_squares_parallel = njit(**PARALLEL)(_plane_squares)


def _plane_products(dy, x, mean, plain, along):
    """Fill the sums over each plane of dy, and of dy times the deviation of x."""
    for p in prange(len(x)):
        room, found = np.empty(STRETCH, x.dtype), 0.0
        for part in range((x.shape[1] + STRETCH - 1) // STRETCH):
            first, last = stretch(part, x.shape[1])
            row, up = x[p, first:last], dy[p, first:last]
            for i in range(row.size):
                room[i] = up[i] * (row[i] - mean[p])
            found += total(room[: row.size])
        plain[p] = total(dy[p])
        along[p] = found


_plane_products_serial = njit(**SERIAL)(_plane_products)
_plane_products_parallel = njit(**PARALLEL)(_plane_products)


def _plane_outputs(dy, x, mean, scale, shift, plain, along, y, dx):
    for p in prange(len(x)):
        for i in range(x.shape[1]):
            away = x[p, i] - mean[p]
            y[p, i] = away * scale[p] + shift[p]
            dx[p, i] = scale[p] * dy[p, i] - plain[p] - along[p] * away


_plane_outputs_serial = njit(**SERIAL)(_plane_outputs)
_plane_outputs_parallel = njit(**PARALLEL)(_plane_outputs)


def _shared(values: Array, groups: int) -> Array:
    """Return for each plane the sum over all planes that are normalized together with it.

    `values` has shape (N, C). With groups, planes of one image share; with 0, one channel of all.
    """
    if groups == 0:
        return np.broadcast_to(values.sum(axis=0), values.shape)
    together = values.reshape(len(values), groups, values.shape[1] // groups).sum(axis=2)
    return np.repeat(together, values.shape[1] // groups, axis=1)


def _by_planes(
    x: Array, dy: Array, gamma: Array, beta: Array, groups: int, eps: float
) -> tuple[Array, Array, Array, Array]:
    """Normalize over pixels, and over the channels of a group or (groups = 0) the images."""
    (n, c, h, w), kind = x.shape, x.dtype
    planes, ups = (part.reshape(n * c, h * w) for part in (x, dy))
    large, sums = x.size >= SMALL, np.empty((4, n, c))
    flat = sums.reshape(4, n * c)
    count = planes.shape[1] * (c // groups if groups else n)
    (_plane_sums_parallel if large else _plane_sums_serial)(planes, flat[0])
    mean = (_shared(sums[0], groups) / count).astype(kind)
    squares = _plane_squares_parallel if large else _plane_squares_serial
    squares(planes, mean.reshape(-1), flat[1])
    turned = 1 / np.sqrt(_shared(sums[1], groups) / count + eps)
    products = _plane_products_parallel if large else _plane_products_serial
    products(ups, planes, mean.reshape(-1), flat[2], flat[3])
    plain = turned * _shared(gamma * sums[2], groups) / count
    along = turned**3 * _shared(gamma * sums[3], groups) / count
    numbers = mean, turned * gamma, np.broadcast_to(beta, (n, c)), plain, along
    y, dx = np.empty_like(x), np.empty_like(x)
    run = _plane_outputs_parallel if large else _plane_outputs_serial
    each = (np.ascontiguousarray(part, kind).reshape(-1) for part in numbers)
    run(ups, planes, *each, y.reshape(n * c, h * w), dx.reshape(n * c, h * w))
    return y, dx, *_in(x, (sums[3] * turned).sum(axis=0), sums[2].sum(axis=0))


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


@contract("gradients list((...)), limit real > 0, how 'value' | 'norm' | 'global' -> gradients")
def clip_gradients(gradients: list[Array], limit: float, how: str) -> list[Array]:
    """See `solutions.normalization.chapter.clip_gradients`."""
    if how == "value":
        return [np.where(np.isnan(g), 0, np.clip(g, -limit, limit)) for g in gradients]
    squares = [float(np.sum(np.square(g, dtype=float))) for g in gradients]
    if how == "global":
        squares = [math.fsum(squares)] * len(gradients)
    factors = [limit / max(limit, math.sqrt(s)) if math.isfinite(s) else None for s in squares]
    return [
        np.zeros_like(g) if factor is None else g * factor
        for g, factor in zip(gradients, factors, strict=True)
    ]
