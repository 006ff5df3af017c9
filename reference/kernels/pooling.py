# mypy: allow-untyped-defs
"""Pooling: the largest pixel of each window or the mean, and their gradients.

A job takes some maps, so that jobs share no write: 1 and N threads give the same bits.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from reference.compiler.emit import INT, Emitter, emitted
from reference.compiler.jit import PARALLEL, SERIAL, njit, prange
from reference.contracts import contract, fit
from reference.kernels.shapes import share
from reference.kernels.vector import total
from reference.kernels.windows import (
    SPARE,
    find_along,
    find_down,
    larger_along,
    larger_down,
    mean_pairs,
    sum_along,
    sum_down,
)

__all__ = [
    "avg_pool_backward",
    "avg_pool_forward",
    "global_avg_pool",
    "max_pool_backward",
    "max_pool_backward_at",
    "max_pool_forward",
    "max_pool_with_indices",
]

Array = NDArray[Any]

BAND = 8
"""Lines of a result that are computed together."""


@njit(**SERIAL)
def _span(start: int, size: int, limit: int) -> tuple[int, int]:
    """Return the part of ``[start, start + size)`` that lies inside ``[0, limit)``."""
    return max(start, 0), min(start + size, limit)


# A few lines are folded down before any of them is folded along: what was just written cannot be
# read at once from another place than it was written to.


@njit(**SERIAL)
def _lines(x, size, step, padding, beside):
    """Return room for some lines of x with their border, and for vectors that reach over an end."""
    length = x.shape[3] + 2 * padding + size + (step + 2) * SPARE
    return np.full((BAND, length), x.dtype.type(beside))


@njit(**SERIAL)
def _pool_maps(first, last, x, size, step, padding, areas, out):
    """Pool some maps: the mean over windows with so many pixels, or their largest pixel.

    There are no `areas` for the latter.
    """
    H, W, rows, columns = x.shape[2], x.shape[3], out.shape[2], out.shape[3]
    mean, results = areas.size > 0, out.reshape(-1, rows * columns)
    lines = _lines(x, size, step, padding, 0.0 if mean else -np.inf)
    length = lines.shape[1]
    for job in range(first, last):
        if mean and size == 2 and step == 2 and padding == 0:
            mean_pairs(x, job * H * W, W, out, job * rows * columns, rows, columns)
            continue
        for band in range(0, rows, BAND):
            here = range(band, min(band + BAND, rows))
            for i in here:
                top, bottom = _span(i * step - padding, size, H)
                at, place = (job * H + top) * W, (i - band) * length + padding
                if mean:
                    sum_down(x, at, W, bottom - top, lines, place, 0)
                else:
                    larger_down(x, at, W, bottom - top, lines, place, 0)
            for i in here:
                begin, start = (i - band) * length, (job * rows + i) * columns
                if mean:
                    sum_along(lines, begin, 0, columns, size, step, out, start, 0)
                else:
                    larger_along(lines, begin, 0, columns, size, step, out, start, 0)
        result = results[job]
        for k in range(areas.size):
            result[k] /= areas[k]


@functools.lru_cache(maxsize=256)
def _starts(image: tuple[int, int], size: int, step: int, padding: int) -> list[NDArray[np.int32]]:
    """Return where windows start, on which lines and at which columns; some on the border."""
    counts = (fit(length, size, step, padding) for length in image)
    return [np.arange(count, dtype=np.int32) * step - padding for count in counts]


@functools.lru_cache(maxsize=256)
def _areas(
    image: tuple[int, int], size: int, step: int, padding: int, dtype: np.dtype[Any]
) -> Array:
    """Return how many pixels each window has."""
    starts = _starts(image, size, step, padding)
    sides = [np.minimum(at + size, end) - np.maximum(at, 0) for at, end in zip(starts, image)]
    return np.outer(*sides).ravel().astype(dtype)


@functools.lru_cache(maxsize=256)
def _corners(image: tuple[int, int], size: int, step: int, padding: int) -> NDArray[np.int32]:
    """Return the number of each window's first pixel, as if lines went on to the left."""
    down, right = _starts(image, size, step, padding)
    return np.add.outer(np.maximum(down, 0) * np.int32(image[1]), right).ravel()


@njit(**SERIAL)
def _avg_pairs_dx(job, dy, dx):
    """Share each slope of one map among its four pixels: each pixel is written once."""
    (_, C, H, W), (_, _, rows, columns) = dx.shape, dy.shape
    slopes, sums, quarter = dy.reshape(-1), dx.reshape(-1), dy.dtype.type(0.25)
    for i in range(rows):
        at, start = np.uintp((job * rows + i) * columns), np.uintp((job * H + 2 * i) * W)
        for j in range(columns):
            share, here = slopes[at + np.uintp(j)] * quarter, start + np.uintp(2 * j)
            below = here + np.uintp(W)
            sums[here] = share
            sums[here + np.uintp(1)] = share
            sums[below] = share
            sums[below + np.uintp(1)] = share
    dx[job // C, job % C, 2 * rows :] = 0
    dx[job // C, job % C, : 2 * rows, 2 * columns :] = 0


@njit(**SERIAL)
def _avg_pool_dx(job, dy, size, step, padding, dx):
    """Share each slope of one map among the pixels of its window: along a line, then down."""
    (_, C, H, W), (_, _, rows, columns) = dx.shape, dy.shape
    slopes, image, number = dy.reshape(-1), dx[job // C, job % C], dy.dtype.type
    shares, line = np.empty(columns, dy.dtype), np.empty(W + 2 * padding, dy.dtype)
    image[:] = 0
    for i in range(rows):
        top, bottom = _span(i * step - padding, size, H)
        at = np.uintp((job * rows + i) * columns)
        for j in range(columns):
            left, right = _span(j * step - padding, size, W)
            shares[j] = slopes[at + np.uintp(j)] / number((bottom - top) * (right - left))
        line[:] = 0
        for v in range(size):
            for j in range(columns):
                line[np.uintp(j * step + v)] += shares[j]
        inside = line[padding:]
        for u in range(top, bottom):
            pixels = image[u]
            for k in range(W):
                pixels[k] += inside[k]


# --- the gradient of max pooling ---------------------------------------------------------------


SHORT = 32
"""Bytes of the vectors used here, at most: the lines of a map are short."""


def _emit_winners(function: ir.Function, element: ir.Type, lanes: int) -> None:
    """Write `_winners`; a window's four pixels come to one lane each of four vectors."""
    dx, x, dy, at, width, start, count = function.args
    lanes = min(lanes, SHORT // (4 if isinstance(element, ir.FloatType) else 8))
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    even, odd = [list(range(first, 2 * lanes, 2)) for first in (0, 1)]
    left, right = [
        [lane // 2 + lane % 2 * lanes for lane in range(first, first + lanes)]
        for first in (0, lanes)
    ]

    def windows(k: ir.Value, rest: ir.Value | None) -> list[ir.Value]:
        """Do a vector of windows from number k on; of the last ones only `rest` are there."""
        edge = emit.mask(rest) if rest else None
        twice = builder.shl(rest, INT(1)) if rest else None
        edges = [
            emit.mask(twice if half == 0 else builder.sub(twice, INT(lanes))) if rest else None
            for half in (0, 1)
        ]
        top = builder.add(at, builder.shl(k, INT(1)))
        lines = [[builder.add(line, INT(half * lanes)) for half in (0, 1)]
                 for line in (top, builder.add(top, width))]  # fmt: skip
        pixels = []
        for line in lines:
            near, far = [emit.load(emit.at(x, p), mask) for p, mask in zip(line, edges)]
            pixels += [emit.shuffle(near, far, even), emit.shuffle(near, far, odd)]
        low = emit.splat(element(float("-inf")))  # it is no number that is not above that
        best, beaten = builder.select(builder.fcmp_ordered(">", pixels[0], low), pixels[0], low), []
        for pixel in pixels[1:]:
            beaten.append(builder.fcmp_ordered(">", pixel, best))
            best = builder.select(beaten[-1], pixel, best)
        slope = emit.load(emit.at(dy, builder.add(start, k)), edge)
        shares = []
        for wins in reversed(beaten):  # the last that beat all before it; else the first pixel
            shares.append(builder.select(wins, slope, emit.zero()))
            slope = builder.select(wins, emit.zero(), slope)
        shares = [slope, *reversed(shares)]
        for line, (one, other) in zip(lines, (shares[:2], shares[2:])):
            for place, order, mask in zip(line, (left, right), edges):
                emit.store(emit.shuffle(one, other, order), emit.at(dx, place), mask)
        return []

    (end,) = emit.loop(count, [], lambda k, _: windows(k, None), lanes)
    rest = builder.sub(count, end)
    emit.when(builder.icmp_signed(">", rest, INT(0)), [], lambda: windows(end, rest))
    builder.ret_void()


_winners_code = emitted("winners", _emit_winners)


@intrinsic
def _winners(typing, dx, x, dy, at, width, start, count):
    """Fill two lines of dx, at `at` and `width` further on, from `count` slopes at `start` in dy.

    Each 2 x 2 window of x gives its slope to the first of its largest pixels, zeros to the others.
    A pixel that is no number is never the largest. `at` and `start` count through the whole arrays.
    """
    return types.none(dx, x, dy, at, width, start, count), _winners_code


@njit(**SERIAL)
def _max_pairs_dx(job, dy, x, dx):
    """Do one map with windows of 2 x 2 side by side: each pixel is written once."""
    (_, C, H, W), (_, _, rows, columns) = x.shape, dy.shape
    image, channel = job // C, job % C
    for i in range(rows):
        start, at = (job * rows + i) * columns, (job * H + 2 * i) * W
        _winners(dx, x, dy, at, W, start, columns)
    dx[image, channel, 2 * rows :] = 0
    dx[image, channel, : 2 * rows, 2 * columns :] = 0


@njit(**SERIAL)
def _send(job, dy, where, dx):
    """Add each slope of one map to the pixel it belongs to; count those that belong to none."""
    pixels, strays = np.uintp(dx.shape[1]), 0
    dx[job] = 0
    for k in range(dy.shape[1]):
        place = np.uintp(where[job, k])
        if place < pixels:
            dx[job, place] += dy[job, k]
        else:
            strays += 1
    return strays


@njit(**SERIAL)
def _max_pairs_back_maps(first, last, dy, x, dx):
    """See `max_pool_backward`, with windows of 2 x 2 side by side."""
    for job in range(first, last):
        _max_pairs_dx(job, dy, x, dx)


@njit(**PARALLEL)
def _max_pairs_back(jobs, maps, dy, x, dx):
    """See `_max_pairs_back_maps`."""
    for job in prange(jobs):
        _max_pairs_back_maps(job * maps // jobs, (job + 1) * maps // jobs, dy, x, dx)


@njit(**SERIAL)
def _find_maps(first, last, x, size, step, padding, corners, out, where):
    """See `max_pool_with_indices`."""
    (C, H, W), (rows, columns) = x.shape[1:], out.shape[2:]
    best, places = out.reshape(-1, rows * columns), where.reshape(-1, rows * columns)
    lines = _lines(x, size, step, padding, -np.inf), _lines(x, size, step, padding, np.inf)
    both, length = np.stack(lines), lines[0].shape[1]  # the largest pixels, and their lines
    made = np.empty((3, rows * columns), x.dtype)  # both, and the columns
    gap, apart = both[0].size, made[0].size
    for job in range(first, last):
        for band in range(0, rows, BAND):
            here = range(band, min(band + BAND, rows))
            for i in here:
                top, bottom = _span(i * step - padding, size, H)
                place = (i - band) * length + padding
                find_down(x, (job * H + top) * W, W, bottom - top, both, place, gap)
            for i in here:
                begin, start = (i - band) * length, i * columns
                find_along(both, begin, gap, columns, size, step, made, start, apart)
        value, place = best[job], places[job]
        for k in range(value.size):
            value[k] = made[0, k]
            place[k] = corners[k] + np.int32(made[1, k]) * np.int32(W) + np.int32(made[2, k])
        if np.isnan(total(x[job // C, job % C].reshape(-1))):
            nothing = np.empty(0, x.dtype)  # the largest are no numbers: pool again
            _pool_maps(job, job + 1, x, size, step, padding, nothing, out)


@njit(**PARALLEL)
def _find_all(jobs, maps, x, size, step, padding, corners, out, where):
    """See `_find_maps`."""
    for job in prange(jobs):
        first, last = job * maps // jobs, (job + 1) * maps // jobs
        _find_maps(first, last, x, size, step, padding, corners, out, where)


@njit(**SERIAL)
def _send_maps(first, last, dy, where, dx):
    """See `max_pool_backward_at`."""
    strays = 0
    for job in range(first, last):
        strays += _send(job, dy, where, dx)
    return strays


@njit(**PARALLEL)
def _send_all(jobs, maps, dy, where, dx):
    """See `_send_maps`."""
    strays = 0
    for job in prange(jobs):
        strays += _send_maps(job * maps // jobs, (job + 1) * maps // jobs, dy, where, dx)
    return strays


# --- over all maps -----------------------------------------------------------------------------


@njit(**PARALLEL)
def _pool(jobs, maps, x, size, step, padding, areas, out):
    """See `_pool_maps`."""
    for job in prange(jobs):
        first, last = job * maps // jobs, (job + 1) * maps // jobs
        _pool_maps(first, last, x, size, step, padding, areas, out)


@njit(**SERIAL)
def _avg_pool_back_maps(first, last, dy, size, step, padding, dx):
    """See `solutions.convolution.chapter.pool_backward`."""
    for job in range(first, last):
        if size == 2 and step == 2 and padding == 0:
            _avg_pairs_dx(job, dy, dx)
        else:
            _avg_pool_dx(job, dy, size, step, padding, dx)


@njit(**PARALLEL)
def _avg_pool_back(jobs, maps, dy, size, step, padding, dx):
    """See `_avg_pool_back_maps`."""
    for job in prange(jobs):
        first, last = job * maps // jobs, (job + 1) * maps // jobs
        _avg_pool_back_maps(first, last, dy, size, step, padding, dx)


def _maps(image: Array) -> int:
    return int(image.shape[0] * image.shape[1])


def _pooled_like(x: Array, size: int, step: int, padding: int) -> Array:
    rows, columns = (fit(length, size, step, padding) for length in x.shape[2:])
    return np.empty((*x.shape[:2], rows, columns), dtype=x.dtype)


@contract(
    "x (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def max_pool_forward(x: Array, size: int, stride: int | None = None, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.pool_forward`."""
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    areas = np.empty(0, x.dtype)
    share(_pool_maps, _pool, _maps(x), x.size, x, size, step, padding, areas, out)
    return out


@contract(
    "dy (N, C, fit(H, size, stride or size, padding), fit(W, size, stride or size, "
    "padding)), x (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0 -> x",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def max_pool_backward(
    dy: Array, x: Array, size: int, stride: int | None = None, padding: int = 0
) -> Array:
    """See `solutions.convolution.chapter.pool_backward`."""
    if (size, stride or size, padding) == (2, 2, 0):
        dx = np.empty_like(x)
        share(_max_pairs_back_maps, _max_pairs_back, _maps(x), x.size, dy, x, dx)
        return dx
    _, where = max_pool_with_indices(x, size, stride, padding)
    return max_pool_backward_at(dy, where, x.shape[2:])


@contract(
    "x (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def max_pool_with_indices(
    x: Array, size: int, stride: int | None = None, padding: int = 0
) -> tuple[Array, Array]:
    """Pool as `max_pool_forward` does, and tell which pixels were the largest.

    Windows that overlap are searched once then, not again by `max_pool_backward`.

    Returns
    -------
    ndarray of shape (N, C, OH, OW)
        In the dtype of `x`.
    ndarray of shape (N, C, OH, OW), int32
        Where in its map (counted row by row) the first largest pixel of each window stands.
    """
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    where = np.empty(out.shape, np.int32)
    corners = _corners(x.shape[2:], size, step, padding)
    share(_find_maps, _find_all, _maps(x), x.size, x, size, step, padding, corners, out, where)
    return out, where


@contract("dy (N, C, OH, OW), indices kept (N, C, OH, OW), image ints(H, W) >= 0")
def max_pool_backward_at(dy: Array, indices: Array, image: tuple[int, int]) -> Array:
    """Send slopes back to the pixels that `max_pool_with_indices` found in images of that size.

    Returns
    -------
    ndarray of shape (N, C, H, W)
        What `max_pool_backward` returns, in the dtype of `dy`.

    Raises
    ------
    ValueError
        If an index points outside its map, or there is not one for each slope.
    """
    if indices.dtype.kind not in "iu":
        raise TypeError(f"expected whole numbers in indices, got {indices.dtype}")
    where = np.asarray(indices, np.int32)
    dx, maps = np.empty((*dy.shape[:2], *image), dy.dtype), _maps(dy)
    flat = [a.reshape(maps, a.shape[2] * a.shape[3]) for a in (dy, where, dx)]
    work = dx.size // 2  # most pixels are only cleared
    if share(_send_maps, _send_all, maps, work, *flat):
        raise ValueError(f"an index points outside its map of {image[0]} x {image[1]} pixels")
    return dx


@contract(
    "x (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def avg_pool_forward(x: Array, size: int, stride: int | None = None, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.pool_forward`."""
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    areas = _areas(x.shape[2:], size, step, padding, x.dtype)
    share(_pool_maps, _pool, _maps(x), x.size, x, size, step, padding, areas, out)
    return out


@contract(
    "dy (N, C, fit(H, size, stride or size, padding), fit(W, size, stride or size, "
    "padding)), x kept (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def avg_pool_backward(
    dy: Array, x: Array, size: int, stride: int | None = None, padding: int = 0
) -> Array:
    """See `solutions.convolution.chapter.pool_backward`."""
    dx = np.empty(x.shape, dtype=dy.dtype)
    share(
        _avg_pool_back_maps,
        _avg_pool_back,
        _maps(dx),
        dx.size,
        dy,
        size,
        stride or size,
        padding,
        dx,
    )
    return dx


@njit(**SERIAL)
def _mean_maps(first, last, maps, out):
    """See `solutions.convolution.chapter.global_avg_pool`."""
    for job in range(first, last):
        out[job] = total(maps[job]) / maps.shape[1]


@njit(**PARALLEL)
def _means(jobs, count, maps, out):
    """See `_mean_maps`."""
    for job in prange(jobs):
        _mean_maps(job * count // jobs, (job + 1) * count // jobs, maps, out)


@contract("x (N, C, H, W)", "H * W >= 1")
def global_avg_pool(x: Array) -> Array:
    """See `solutions.convolution.chapter.global_avg_pool`."""
    out = np.empty(x.shape[:2], x.dtype)
    maps = x.reshape(out.size, x.shape[2] * x.shape[3])
    share(_mean_maps, _means, out.size, x.size, maps, out.reshape(-1))
    return out
