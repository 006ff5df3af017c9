"""Pooling: the largest pixel of each window or the mean, and their gradients.

A job takes one map, so that jobs share no write: 1 and N threads give the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from reference._emit import INT, NAME, Emitter, emitted
from reference._jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference._shapes import fit, ready
from reference._vector import larger, total

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


@njit(**SERIAL)
def _span(start: int, size: int, limit: int) -> tuple[int, int]:
    """Return the part of ``[start, start + size)`` that lies inside ``[0, limit)``."""
    return max(start, 0), min(start + size, limit)


# Windows of 2 x 2 side by side have kernels of their own: without a border and with known bounds,
# LLVM takes many at a time. Positions are unsigned: a negative one would be checked for, and the
# check costs more than the pooling.


@njit(**SERIAL)
def _max_pairs(job, x, out):  # type: ignore[no-untyped-def]
    """Pool one map with windows of 2 x 2 side by side."""
    H, W, rows, columns = x.shape[2], x.shape[3], out.shape[2], out.shape[3]
    pixels, results = x.reshape(-1), out.reshape(-1)
    for i in range(rows):
        at, start = np.uintp((job * rows + i) * columns), np.uintp((job * H + 2 * i) * W)
        for j in range(columns):
            here = start + np.uintp(2 * j)
            below = here + np.uintp(W)
            top = larger(pixels[here], pixels[here + np.uintp(1)])
            bottom = larger(pixels[below], pixels[below + np.uintp(1)])
            results[at + np.uintp(j)] = larger(top, bottom)


# Other windows are taken down first, where lines are side by side, and then along what comes out:
# so many steps as a window has lines and columns, not as many as it has pixels.


@njit(**SERIAL)
def _max_pool_map(job, x, size, step, padding, out):  # type: ignore[no-untyped-def]
    """Pool one map."""
    (_, C, H, W), (_, _, rows, columns) = x.shape, out.shape
    image, result = x[job // C, job % C], out[job // C, job % C]
    line = np.full(W + 2 * padding, -np.inf, x.dtype)
    inside = line[padding:]
    for i in range(rows):
        top, bottom = _span(i * step - padding, size, H)
        inside[:W] = -np.inf
        for u in range(top, bottom):
            pixels = image[u]
            for k in range(W):
                inside[k] = larger(inside[k], pixels[k])
        best = result[i]
        for j in range(columns):
            best[j] = line[np.uintp(j * step)]
        for v in range(1, size):
            for j in range(columns):
                best[j] = larger(best[j], line[np.uintp(j * step + v)])


@njit(**SERIAL)
def _avg_pairs(job, x, out):  # type: ignore[no-untyped-def]
    """Average one map over windows of 2 x 2 side by side."""
    H, W, rows, columns = x.shape[2], x.shape[3], out.shape[2], out.shape[3]
    pixels, results, share = x.reshape(-1), out.reshape(-1), x.dtype.type(0.25)
    for i in range(rows):
        at, start = np.uintp((job * rows + i) * columns), np.uintp((job * H + 2 * i) * W)
        for j in range(columns):
            here = start + np.uintp(2 * j)
            below = here + np.uintp(W)
            top = pixels[here] + pixels[here + np.uintp(1)]
            bottom = pixels[below] + pixels[below + np.uintp(1)]
            results[at + np.uintp(j)] = (top + bottom) * share


@njit(**SERIAL)
def _avg_pool_map(job, x, size, step, padding, out):  # type: ignore[no-untyped-def]
    """Average one map."""
    (_, C, H, W), (_, _, rows, columns) = x.shape, out.shape
    image, result, number = x[job // C, job % C], out[job // C, job % C], x.dtype.type
    line = np.zeros(W + 2 * padding, x.dtype)
    inside = line[padding:]
    for i in range(rows):
        top, bottom = _span(i * step - padding, size, H)
        inside[:W] = 0
        for u in range(top, bottom):
            pixels = image[u]
            for k in range(W):
                inside[k] += pixels[k]
        sums = result[i]
        for j in range(columns):
            sums[j] = line[np.uintp(j * step)]
        for v in range(1, size):
            for j in range(columns):
                sums[j] += line[np.uintp(j * step + v)]
        for j in range(columns):
            left, right = _span(j * step - padding, size, W)
            sums[j] /= number((bottom - top) * (right - left))


@njit(**SERIAL)
def _avg_pairs_dx(job, dy, dx):  # type: ignore[no-untyped-def]
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
def _avg_pool_dx(job, dy, size, step, padding, dx):  # type: ignore[no-untyped-def]
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
        best, beaten = pixels[0], []
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
def _winners(typing, dx, x, dy, at, width, start, count):  # type: ignore[no-untyped-def]
    """Fill two lines of dx, at `at` and `width` further on, from `count` slopes at `start` in dy.

    Each 2 x 2 window of x gives its slope to the first of its largest pixels, zeros to the others.
    A pixel that is no number beats none and is beaten by none. `at` and `start` count through the
    whole arrays.
    """
    return types.none(dx, x, dy, at, width, start, count), _winners_code


@njit(**SERIAL)
def _max_pairs_dx(job, dy, x, dx):  # type: ignore[no-untyped-def]
    """Do one map with windows of 2 x 2 side by side: each pixel is written once."""
    (_, C, H, W), (_, _, rows, columns) = x.shape, dy.shape
    image, channel = job // C, job % C
    for i in range(rows):
        start, at = (job * rows + i) * columns, (job * H + 2 * i) * W
        _winners(dx, x, dy, at, W, start, columns)
    dx[image, channel, 2 * rows :] = 0
    dx[image, channel, : 2 * rows, 2 * columns :] = 0


@njit(**SERIAL)
def _find(image, size, step, padding, out, where):  # type: ignore[no-untyped-def]
    """Pool a map by choosing: number the first largest pixel of each window.

    Found down the lines and then along what comes out, by choices, not jumps: which pixel is the
    largest is not to be foreseen. A pixel that is no number beats none, and if it is the first,
    none beats it.
    """
    (H, W), (rows, columns) = image.shape, out.shape
    line = np.full(W + 2 * padding, -np.inf, image.dtype)
    lows = np.full(W + 2 * padding, size, np.int32)
    inside, under = line[padding:], lows[padding:]  # beside them, the border loses all ties
    low, across = np.empty(columns, np.int32), np.empty(columns, np.int32)
    for i in range(rows):
        top, bottom = _span(i * step - padding, size, H)
        inside[:W], under[:W] = -np.inf, 0
        for u in range(top, bottom):
            pixels, down = image[u], np.int32(u - top)
            for k in range(W):
                wins = pixels[k] > inside[k]
                inside[k] = pixels[k] if wins else inside[k]
                under[k] = down if wins else under[k]
        best, found = out[i], where[i]
        for j in range(columns):
            here = np.uintp(j * step)
            best[j], low[j], across[j] = line[here], lows[here], 0
        for v in range(1, size):
            for j in range(columns):
                here = np.uintp(j * step + v)
                value, down = line[here], lows[here]
                wins = (value > best[j]) | ((value == best[j]) & (down < low[j]))
                best[j] = value if wins else best[j]
                low[j] = down if wins else low[j]
                across[j] = np.int32(v) if wins else across[j]
        for j in range(columns):
            left = j * step - padding
            first, place = max(left, 0), (top + low[j]) * W + left + across[j]
            found[j] = top * W + first if np.isnan(image[top, np.uintp(first)]) else place


@njit(**SERIAL)
def _send(job, dy, where, dx):  # type: ignore[no-untyped-def]
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
def _max_pairs_back_maps(first, last, dy, x, dx):  # type: ignore[no-untyped-def]
    """See `max_pool_backward`, with windows of 2 x 2 side by side."""
    for job in range(first, last):
        _max_pairs_dx(job, dy, x, dx)


@njit(**PARALLEL)
def _max_pairs_back(jobs, dy, x, dx):  # type: ignore[no-untyped-def]
    """See `_max_pairs_back_maps`."""
    for job in prange(jobs):
        _max_pairs_back_maps(job, job + 1, dy, x, dx)


@njit(**SERIAL)
def _find_maps(first, last, x, size, step, padding, out, where):  # type: ignore[no-untyped-def]
    """See `max_pool_with_indices`."""
    for job in range(first, last):
        n, c = job // x.shape[1], job % x.shape[1]
        _find(x[n, c], size, step, padding, out[n, c], where[n, c])
        if np.isnan(total(x[n, c].reshape(-1))):  # a number that is none may be hidden now
            _max_pool_map(job, x, size, step, padding, out)


@njit(**PARALLEL)
def _find_all(jobs, x, size, step, padding, out, where):  # type: ignore[no-untyped-def]
    """See `_find_maps`."""
    for job in prange(jobs):
        _find_maps(job, job + 1, x, size, step, padding, out, where)


@njit(**SERIAL)
def _send_maps(first, last, dy, where, dx):  # type: ignore[no-untyped-def]
    """See `max_pool_backward_at`."""
    strays = 0
    for job in range(first, last):
        strays += _send(job, dy, where, dx)
    return strays


@njit(**PARALLEL)
def _send_all(jobs, dy, where, dx):  # type: ignore[no-untyped-def]
    """See `_send_maps`."""
    strays = 0
    for job in prange(jobs):
        strays += _send(job, dy, where, dx)
    return strays


PAIRS = NAME != "plain"
"""Vectors may be written by hand here."""


# --- over all maps -----------------------------------------------------------------------------


@njit(**SERIAL)
def _max_pool_maps(first, last, x, size, step, padding, out):  # type: ignore[no-untyped-def]
    """See `solutions.convolution.chapter.max_pool_forward`; one map per job, as in all four."""
    for job in range(first, last):
        if size == 2 and step == 2 and padding == 0:
            _max_pairs(job, x, out)
        else:
            _max_pool_map(job, x, size, step, padding, out)


@njit(**PARALLEL)
def _max_pool(jobs, x, size, step, padding, out):  # type: ignore[no-untyped-def]
    """See `_max_pool_maps`."""
    for job in prange(jobs):
        _max_pool_maps(job, job + 1, x, size, step, padding, out)


@njit(**SERIAL)
def _avg_pool_maps(first, last, x, size, step, padding, out):  # type: ignore[no-untyped-def]
    """See `solutions.convolution.chapter.avg_pool_forward`."""
    for job in range(first, last):
        if size == 2 and step == 2 and padding == 0:
            _avg_pairs(job, x, out)
        else:
            _avg_pool_map(job, x, size, step, padding, out)


@njit(**PARALLEL)
def _avg_pool(jobs, x, size, step, padding, out):  # type: ignore[no-untyped-def]
    """See `_avg_pool_maps`."""
    for job in prange(jobs):
        _avg_pool_maps(job, job + 1, x, size, step, padding, out)


@njit(**SERIAL)
def _avg_pool_back_maps(first, last, dy, size, step, padding, dx):  # type: ignore[no-untyped-def]
    """See `solutions.convolution.chapter.avg_pool_backward`."""
    for job in range(first, last):
        if size == 2 and step == 2 and padding == 0:
            _avg_pairs_dx(job, dy, dx)
        else:
            _avg_pool_dx(job, dy, size, step, padding, dx)


@njit(**PARALLEL)
def _avg_pool_back(jobs, dy, size, step, padding, dx):  # type: ignore[no-untyped-def]
    """See `_avg_pool_back_maps`."""
    for job in prange(jobs):
        _avg_pool_back_maps(job, job + 1, dy, size, step, padding, dx)


def _pooled(serial: Any, parallel: Any, image: Array, *args: Any) -> Any:
    """Run a pooling kernel over all maps of `image`, by the threads if there is enough to do."""
    jobs = image.shape[0] * image.shape[1]
    return serial(0, jobs, *args) if image.size < SMALL else parallel(jobs, *args)


def _pooled_like(x: Array, size: int, step: int, padding: int) -> Array:
    rows, columns = (fit(length, size, step, padding) for length in x.shape[2:])
    return np.empty((*x.shape[:2], rows, columns), dtype=x.dtype)


def max_pool_forward(x: Array, size: int, stride: int | None = None, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.max_pool_forward`."""
    (x,) = ready(x)
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    _pooled(_max_pool_maps, _max_pool, x, x, size, step, padding, out)
    return out


def max_pool_backward(
    dy: Array, x: Array, size: int, stride: int | None = None, padding: int = 0
) -> Array:
    """See `solutions.convolution.chapter.max_pool_backward`."""
    dy, x = ready(dy, x)
    if (size, stride or size, padding) == (2, 2, 0) and PAIRS:
        dx = np.empty_like(x)
        _pooled(_max_pairs_back_maps, _max_pairs_back, x, dy, x, dx)
        return dx
    _, where = max_pool_with_indices(x, size, stride, padding)
    return max_pool_backward_at(dy, where, x.shape[2:])


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
    (x,) = ready(x)
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    where = np.empty(out.shape, np.int32)
    _pooled(_find_maps, _find_all, x, x, size, step, padding, out, where)
    return out, where


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
    (dy,) = ready(dy)
    where = np.ascontiguousarray(indices, np.int32)
    if where.shape != dy.shape:
        raise ValueError(f"indices have shape {where.shape}, dy has shape {dy.shape}")
    dx, maps = np.empty((*dy.shape[:2], *image), dy.dtype), dy.shape[0] * dy.shape[1]
    if _pooled(_send_maps, _send_all, dx, *(a.reshape(maps, -1) for a in (dy, where, dx))):
        raise ValueError(f"an index points outside its map of {image[0]} x {image[1]} pixels")
    return dx


def avg_pool_forward(x: Array, size: int, stride: int | None = None, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.avg_pool_forward`."""
    (x,) = ready(x)
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    _pooled(_avg_pool_maps, _avg_pool, x, x, size, step, padding, out)
    return out


def avg_pool_backward(
    dy: Array, x: Array, size: int, stride: int | None = None, padding: int = 0
) -> Array:
    """See `solutions.convolution.chapter.avg_pool_backward`."""
    (dy,) = ready(dy)
    dx = np.empty(x.shape, dtype=dy.dtype)
    _pooled(_avg_pool_back_maps, _avg_pool_back, dx, dy, size, stride or size, padding, dx)
    return dx


@njit(**PARALLEL)
def _means(maps, out):  # type: ignore[no-untyped-def]
    """See `solutions.convolution.chapter.global_avg_pool`."""
    for job in prange(out.size):
        out[job] = total(maps[job]) / maps.shape[1]


def global_avg_pool(x: Array) -> Array:
    """See `solutions.convolution.chapter.global_avg_pool`."""
    (x,) = ready(x)
    N, C = x.shape[:2]
    out = np.empty(N * C, x.dtype)
    _means(x.reshape(N * C, -1), out)
    return out.reshape(N, C)
