# mypy: allow-untyped-defs
"""Fast convolution where neighbouring tiles fill a vector: with fewer maps than `winograd` wants.

The identity and its transforms are those of `winograd`. Here a vector holds one number of each of
many tiles side by side, so that maps are read and written as they lie: the left pixels of tiles are
the even ones of a line, their right pixels the odd ones. A map is a row of tiles::

    m[point][kernel, tile] = sum over channels  u[point][kernel, channel] * v[point][channel, tile]
    s[point][kernel, channel] = sum over tiles  m[point][kernel, tile] * v[point][channel, tile]

The second are sums along both operands: they need long rows of tiles, where `winograd` needs many
channels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from reference.compiler.emit import BYTES, INT, Emitter, emitted
from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.kernels.gemm import dot, outer, tiles
from reference.kernels.move import copy_lines
from reference.kernels.vector import total
from reference.kernels.winograd import (
    PIXELS,
    POINTS,
    RESULTS,
    SIDE,
    SLOPES,
    STEP,
    Matrix,
    combined,
    finish,
    fits,
    kernels_of,
)

__all__ = ["convolve", "pays", "slopes"]

Array = NDArray[Any]

FEWEST, MOST = 8, 63
"""Channels and kernels from which, and to which, this is used."""

_LEAST = 4
"""Vectors of tiles in a map from which this is used: a tile of the product is as wide."""

_ROOM = 1 << 19
"""Bytes of transforms that are kept at a time: they stay in the second cache."""

_GROUPS = 8
"""Sums over images that are taken apart and then added in order, whatever the threads, at most."""


def pays(maps: Array, w: Array, stride: int, padding: int, dilation: int) -> bool:
    """Tell whether the layer with the kernels `w`, from or to `maps`, is one for this file."""
    lanes, pixels = BYTES // maps.itemsize, maps.shape[2] * maps.shape[3]
    return (
        fits(w, stride, padding, dilation)
        and min(w.shape[:2]) >= FEWEST
        and max(w.shape[:2]) <= MOST
        and pixels >= _LEAST * lanes * STEP * STEP
        and maps.size // maps.shape[1] * w.size >= 16 * SMALL
    )


# --- the transforms -------------------------------------------------------------------------------


def _tiles(emit: Emitter, down: ir.Value, across: ir.Value, body: Any, start: Any = None) -> None:
    """Write ``body(row, k, values)`` for vectors of tiles, from tile k of a row on.

    `values` are those of the row above, at first ``start(k)``. The last vectors of all rows come
    first: what they have too many is written over by the next row's first vector.
    """
    builder, lanes = emit.builder, INT(emit.lanes)
    vectors = builder.sdiv(builder.add(across, INT(emit.lanes - 1)), lanes)

    def column(i: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        k = builder.mul(builder.sub(builder.sub(vectors, INT(1)), i), lanes)
        emit.loop(down, start(k) if start else [], lambda row, values: body(row, k, values))
        return []

    emit.loop(vectors, [], column)
    builder.ret_void()


def _pairs(emit: Emitter, source: ir.Value, start: ir.Value) -> list[ir.Value]:
    """Load the left and the right number of as many pairs as a vector has lanes."""
    left = list(range(0, 2 * emit.lanes, 2))
    a, b = (emit.load(emit.at(source, emit.builder.add(start, INT(n)))) for n in (0, emit.lanes))
    return [emit.shuffle(a, b, left), emit.shuffle(a, b, [lane + 1 for lane in left])]


def _scatter(emit: Emitter, matrix: Matrix, square: Any, goal: ir.Value, apart: ir.Value) -> None:
    """Transform lines of numbers down, and store all, point by point."""
    for j, column in enumerate(zip(*square)):
        for i, value in enumerate(combined(emit, matrix, list(column))):
            emit.store(value, emit.at(goal, emit.builder.mul(apart, INT(SIDE * i + j))))


def _emit_pixels(function: ir.Function, element: ir.Type, lanes: int) -> None:
    target, at, apart, source, wide, down, across = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder

    def two_lines(row: ir.Value, k: ir.Value) -> list[ir.Value]:
        start = builder.mul(builder.add(builder.mul(row, wide), k), INT(STEP))
        found = []
        for left in (start, builder.add(start, wide)):
            right = builder.add(left, INT(STEP))
            pairs = _pairs(emit, source, left) + _pairs(emit, source, right)
            found += combined(emit, PIXELS, pairs)
        return found

    def body(row: ir.Value, k: ir.Value, above: list[ir.Value]) -> list[ir.Value]:
        below = two_lines(builder.add(row, INT(1)), k)
        square = above[:SIDE], above[SIDE:], below[:SIDE], below[SIDE:]
        place = builder.add(at, builder.add(builder.mul(row, across), k))
        _scatter(emit, PIXELS, square, emit.at(target, place), apart)
        return below

    _tiles(emit, down, across, body, lambda k: two_lines(INT(0), k))


def _emit_slopes(function: ir.Function, element: ir.Type, lanes: int) -> None:
    target, at, apart, source, wide, down, across = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder

    def body(row: ir.Value, k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        start = builder.mul(builder.add(builder.mul(row, wide), k), INT(STEP))
        lines = start, builder.add(start, wide)
        square = [combined(emit, SLOPES, _pairs(emit, source, line)) for line in lines]
        place = builder.add(at, builder.add(builder.mul(row, across), k))
        _scatter(emit, SLOPES, square, emit.at(target, place), apart)
        return []

    _tiles(emit, down, across, body)


def _emit_results(function: ir.Function, element: ir.Type, lanes: int) -> None:
    target, wide, source, at, apart, down, across = function.args
    emit = Emitter(function, element, lanes)
    builder = emit.builder
    mixed = [half + lane for lane in range(lanes) for half in (0, lanes)]

    def body(row: ir.Value, k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
        place = emit.at(source, builder.add(at, builder.add(builder.mul(row, across), k)))
        points = [emit.load(emit.at(place, builder.mul(apart, INT(p)))) for p in range(POINTS)]
        half = [combined(emit, RESULTS, points[j::SIDE]) for j in range(SIDE)]
        start = builder.mul(builder.add(builder.mul(row, wide), k), INT(STEP))
        for i, line in enumerate(zip(*half)):
            left, right = combined(emit, RESULTS, list(line))
            goal = emit.at(target, builder.add(start, builder.mul(wide, INT(i))))
            emit.store(emit.shuffle(left, right, mixed[:lanes]), goal)
            emit.store(emit.shuffle(left, right, mixed[lanes:]), emit.at(goal, INT(lanes)))
        return []

    _tiles(emit, down, across, body)


_pixels = emitted("winograd_tiles_pixels", _emit_pixels)
_slope = emitted("winograd_tiles_slopes", _emit_slopes)
_results = emitted("winograd_tiles_results", _emit_results)


@intrinsic
def _pixels_of(typing, target, at, apart, source, wide, down, across):
    """Transform a room's pixels: `down` rows of `across` tiles, to each point's place in a row.

    Rows follow each other from `at` on in the target, points are `apart`.
    """
    return types.none(target, at, apart, source, wide, down, across), _pixels


@intrinsic
def _slopes_of(typing, target, at, apart, source, wide, down, across):
    """Transform slopes, as `_pixels_of` does pixels."""
    return types.none(target, at, apart, source, wide, down, across), _slope


@intrinsic
def _results_of(typing, target, wide, source, at, apart, down, across):
    """Transform products back, to lines of the target."""
    return types.none(target, wide, source, at, apart, down, across), _results


# --- a band of tiles ------------------------------------------------------------------------------


@njit(**SERIAL)
def _sizes(rows, columns, band, lanes):
    """Return the tiles of a map down and across, how long a room's line is, and a row of tiles.

    A row has room for its last vector's lanes, and is an odd number of vectors long: rows side by
    side do not share their place in the cache.
    """
    down, across = (rows + 1) // STEP, (columns + 1) // STEP
    wide = ((across + lanes - 1) // lanes * STEP + 1) * lanes
    return down, across, wide, ((band * across + 2 * lanes - 2) // lanes | 1) * lanes


@njit(**SERIAL)
def _lines_in(maps, c, first, padding, room):
    """Put lines of one map, from number `first` on, into a room; outside of the map are zeros."""
    H, W = maps.shape[1:]
    lines, wide = room.shape
    above, end = max(0, -first), min(lines, H - first)
    room[:above] = 0
    room[end:] = 0
    copy_lines(room, above * wide + padding, wide, maps, (c * H + first + above) * W, W,
               end - above, W, -maps.dtype.type(0))  # fmt: skip


@njit(**SERIAL)
def _image(tile, x, u, b, padding, band, out):
    """Convolve one image, a band of tiles at a time; tell whether all results are finite."""
    C, (F, rows, columns), deep = x.shape[0], out.shape, u.shape[2]
    down, across, wide, each = _sizes(rows, columns, band, BYTES // x.itemsize)
    room, made = np.zeros((STEP * band + 2, wide), x.dtype), np.empty((STEP * band, wide), x.dtype)
    v, m = np.empty((POINTS, C * each), x.dtype), np.empty((POINTS, F * each), x.dtype)
    kernels, terms = np.arange(F) * deep, np.arange(C)
    channels, goals = terms * each, np.arange(F) * each
    for top in range(0, down, band):
        count = min(band, down - top)
        for c in range(C):
            _lines_in(x, c, STEP * top - padding, padding, room)
            _pixels_of(v, c * each, C * each, room, wide, count, across)
        for p in range(POINTS):
            outer(tile, u[p], kernels, terms, v[p], channels, count * across, m[p], goals, False)
        lines = min(STEP * band, rows - STEP * top)
        for f in range(F):
            _results_of(made, wide, m, f * each, F * each, count, across)
            copy_lines(out, (f * rows + STEP * top) * columns, columns, made, 0, wide,
                       lines, columns, b[f])  # fmt: skip
    return np.isfinite(total(out.reshape(-1)))


@njit(**SERIAL)
def _group(tile, x, dy, padding, band, sums):
    """Sum the transformed gradients over some images: sums[point, kernel, channel]."""
    C, (N, F, rows, columns), deep = x.shape[1], dy.shape, sums.shape[2]
    down, across, wide, each = _sizes(rows, columns, band, BYTES // x.itemsize)
    room, given = np.zeros((STEP * band + 2, wide), x.dtype), np.zeros((STEP * band, wide), x.dtype)
    v, m = np.empty((POINTS, C * each), x.dtype), np.empty((POINTS, F * each), x.dtype)
    kernels, channels, goals = np.arange(F) * each, np.arange(C) * each, np.arange(F) * deep
    start = channels[:1]
    sums[:] = 0
    for n in range(N):
        for top in range(0, down, band):
            count = min(band, down - top)
            for c in range(C):
                _lines_in(x[n], c, STEP * top - padding, padding, room)
                _pixels_of(v, c * each, C * each, room, wide, count, across)
            for f in range(F):
                _lines_in(dy[n], f, STEP * top, 0, given)
                _slopes_of(m, f * each, F * each, given, wide, count, across)
            for p in range(POINTS):
                dot(tile, m[p], kernels, start, v[p], channels, start, count * across,
                    sums[p], goals, True)  # fmt: skip


# --- all images -----------------------------------------------------------------------------------


@njit(**PARALLEL)
def _convolve(tile, x, w, turned, b, padding, band, u, out, finite):
    """Transform the kernels; then convolve, an image per job."""
    for f in range(out.shape[1]):
        kernels_of(f, w, not turned, turned, u)
    for n in prange(x.shape[0]):
        finite[n] = _image(tile, x[n], u, b, padding, band, out[n])


@njit(**PARALLEL)
def _slopes(tile, x, dy, padding, band, sums, dw, db):
    """Sum over groups of images, a group per job; then finish."""
    N, groups = x.shape[0], sums.shape[0]
    for g in prange(groups):
        first, last = g * N // groups, (g + 1) * N // groups
        _group(tile, x[first:last], dy[first:last], padding, band, sums[g])
    for f in range(dw.shape[0]):
        finish(f, sums, dy, dw, db)


def _band(w: Array, rows: int, columns: int) -> int:
    """Return how many rows of tiles are taken at a time."""
    down, across = (rows + 1) // STEP, (columns + 1) // STEP
    bytes_of_row = POINTS * sum(w.shape[:2]) * across * w.itemsize
    bands = -(-down * bytes_of_row // _ROOM)
    return -(-down // bands)


def convolve(x: Array, w: Array, turned: bool, b: Array, padding: int) -> tuple[Array, Array]:
    """See `winograd.convolve`."""
    (N, C, H, W), F, lanes = x.shape, w.shape[1 if turned else 0], BYTES // x.itemsize
    out = np.empty((N, F, H + 2 * padding - 2, W + 2 * padding - 2), x.dtype)
    u, finite = np.empty((POINTS, F, -(-C // lanes) * lanes), x.dtype), np.empty(N, np.bool_)
    band = _band(w, *out.shape[2:])
    _convolve(tiles(x.dtype), x, w, turned, b, padding, band, u, out, finite)
    return out, finite


def slopes(x: Array, dy: Array, padding: int) -> tuple[Array, Array]:
    """See `winograd.slopes`."""
    (N, C), F, lanes = x.shape[:2], dy.shape[1], BYTES // x.itemsize
    sums = np.empty((min(N, _GROUPS), POINTS, F, -(-C // lanes) * lanes), x.dtype)
    dw, db = np.empty((F, C, 3, 3), x.dtype), np.empty(F, x.dtype)
    _slopes(tiles(x.dtype), x, dy, padding, _band(dw, *dy.shape[2:]), sums, dw, db)
    return dw, db
