# mypy: allow-untyped-defs
"""Convolution with 3 x 3 windows and stride 1, in 16 products where the definition takes 36.

Winograd's minimal filtering, F(2 x 2, 3 x 3): the four results of a 2 x 2 tile come from 4 x 4
pixels ``d`` and a kernel ``g`` as ``A' [(G g G') * (B' d B)] A``, with * number by number. The
constant matrices hold only zeros, ones and halves: what they cost is additions, once per pixel or
kernel, while the 16 products are taken for each pair of maps and are 16 products of matrices over
(tiles, channels) and (channels, kernels). Those are the work, and `kernels.gemm` does them.

The gradient of the input is a convolution of the slopes with the kernels turned. That of the
kernels is the same identity read backwards: ``G' [sum over tiles (B' d B) * (A s A')] G``.

Inside, a pixel's channels are neighbours: then all transforms work on whole vectors of channels.
Sums of pixels taken before the product round otherwise than products. Measured against float64, as
root mean squares over 8 to 256 channels: results and the input's gradient are off by 2e-7 to 5e-7
of themselves (3e-7 to 8e-7 directly), the kernels' gradient by 4e-7 (2e-7). The largest errors stay
below 1e-6 of the largest result, in float64 below 4e-15 (`tests/reference/test_winograd.py`).
Where a number is not finite, its tile loses more results than its windows would: the kernels tell
which images hold such results, and the caller convolves those directly.

References
----------
Lavin and Gray 2016, Fast algorithms for convolutional neural networks, section 4.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from reference.compiler.emit import BYTES, NAME, Emitter, emitted
from reference.compiler.jit import PARALLEL, SERIAL, njit, prange
from reference.kernels.gemm import outer, tiles
from reference.kernels.move import turn
from reference.kernels.vector import total

__all__ = ["convolve", "pays", "slopes"]

Array = NDArray[Any]
Matrix = tuple[tuple[float, ...], ...]

PIXELS: Matrix = ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1))  # B'
_KERNEL: Matrix = ((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1))  # G
RESULTS: Matrix = ((1, 1, 1, 0), (0, 1, -1, -1))  # A'

SLOPES: Matrix = tuple(zip(*RESULTS))

STEP, SIDE = 2, 4  # results and pixels along a tile
POINTS = SIDE * SIDE
_ONES = SIDE + 1
"""The point of which every result takes one: what is added there is added to all."""

FEWEST = 32
"""Channels, kernels and pixels from which this is used: there the transforms pay for themselves."""

_TILES = 64
"""Tiles whose transforms are kept at a time: they stay in the second cache."""

_GROUPS = 8
"""Sums over images that are taken apart and then added in order, whatever the threads, at most."""

_ROOM = 1 << 24
"""Bytes that all of these may take before there are fewer."""


def fits(w: Array, stride: int, padding: int, dilation: int) -> bool:
    """Tell whether windows are such that these transforms serve."""
    one = (stride, dilation) == (1, 1)
    return w.shape[2:] == (3, 3) and one and padding <= 2 and NAME != "plain"


def pays(maps: Array, w: Array, stride: int, padding: int, dilation: int) -> bool:
    """Tell whether the layer with the kernels `w`, from or to `maps`, is one for this file."""
    return (
        fits(w, stride, padding, dilation)
        and min(w.shape[:2]) >= FEWEST
        and maps.size >= FEWEST * maps.shape[1]
    )


# --- the transforms -------------------------------------------------------------------------------


def combined(emit: Emitter, matrix: Matrix, lines: list[ir.Value]) -> list[ir.Value]:
    """Return the product of a constant matrix with a column of vectors."""
    found = []
    for factors in matrix:
        value = None
        for factor, line in sorted(zip(factors, lines), key=lambda pair: -pair[0]):
            if factor == 0:
                continue
            if value is None:
                value = line if factor == 1 else emit.builder.fmul(line, _constant(emit, factor))
            elif factor == 1:
                value = emit.builder.fadd(value, line)
            elif factor == -1:
                value = emit.builder.fsub(value, line)
            else:
                value = emit.fma(line, _constant(emit, factor), value)
        found.append(value)
    return found


def _constant(emit: Emitter, value: float) -> ir.Value:
    return ir.Constant(emit.vector, [emit.element(value)] * emit.lanes)


def _transform(name: str, matrix: Matrix) -> Any:
    """Return an intrinsic's code: ``matrix @ square @ matrix.T`` for squares of vectors.

    Its arguments: the target, where its first vector stands, how far the next line of the square
    and the next number of the line; the same of the source; how many numbers each vector run has.
    """

    def emit_transform(function: ir.Function, element: ir.Type, lanes: int) -> None:
        target, at, to_line, to_next, source, start, line, following, count = function.args
        emit = Emitter(function, element, lanes)
        builder = emit.builder

        def place(array: ir.Value, first: ir.Value, steps: Any, i: int, j: int) -> ir.Value:
            down = builder.mul(steps[0], ir.IntType(64)(i))
            right = builder.mul(steps[1], ir.IntType(64)(j))
            return emit.at(array, builder.add(first, builder.add(down, right)))

        side = range(len(matrix[0]))
        places = [[place(source, start, (line, following), i, j) for j in side] for i in side]
        made = range(len(matrix))
        goals = [[place(target, at, (to_line, to_next), i, j) for j in made] for i in made]

        def body(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            square = [[emit.load(emit.at(p, k)) for p in row] for row in places]
            half = [combined(emit, matrix, list(column)) for column in zip(*square)]
            for row, line in zip(zip(*half), goals):
                for value, goal in zip(combined(emit, matrix, list(row)), line):
                    emit.store(value, emit.at(goal, k))
            return []

        emit.loop(count, [], body, lanes)
        builder.ret_void()

    return emitted(f"winograd_{name}", emit_transform)


_TRANSFORMS = {
    "pixels": _transform("pixels", PIXELS),
    "kernel": _transform("kernel", _KERNEL),
    "results": _transform("results", RESULTS),
    "slopes": _transform("slopes", SLOPES),
    "gradient": _transform("gradient", tuple(zip(*_KERNEL))),
}


@intrinsic(prefer_literal=True)
def squares(typing, target, at, to_line, to_next, source, start, line, following, count, name):
    """Apply the transform of that name; `count` is a multiple of the lanes."""
    given = (target, at, to_line, to_next, source, start, line, following, count)
    code = _TRANSFORMS[name.literal_value]

    def generate(context, builder, signature, args):
        return code(context, builder, types.none(*given), args[:-1])

    return types.none(*given, name), generate


# --- a band of tiles ------------------------------------------------------------------------------


@njit(**SERIAL)
def _lines_in(image, first, padding, room):
    """Put lines of an image, from number `first` on, into a room with the channels innermost.

    The image begins `padding` pixels from the left; lines outside of it are zeros.
    """
    C, H, W = image.shape
    lines, width, deep = room.shape
    for i in range(lines):
        y = first + i
        if 0 <= y < H:
            turn(room, (i * width + padding) * deep, deep, image, y * W, H * W, C, W)
        else:
            room[i] = 0


@njit(**SERIAL)
def _pixels_of(room, across, count, v):
    """Transform the pixels of `count` tiles, `across` of them in a row: v[point, tile, channel]."""
    _, width, deep = room.shape
    apart = v.shape[1] * deep
    for t in range(count):
        start = (t // across * width + t % across) * STEP * deep
        squares(v, t * deep, SIDE * apart, apart,
                 room, start, width * deep, deep, deep, "pixels")  # fmt: skip


@njit(**SERIAL)
def _slopes_of(room, across, count, m):
    """Transform the slopes of `count` tiles: m[point, tile, kernel]."""
    _, width, deep = room.shape
    apart = m.shape[1] * deep
    for t in range(count):
        start = (t // across * width + t % across) * STEP * deep
        squares(m, t * deep, SIDE * apart, apart,
                 room, start, width * deep, deep, deep, "slopes")  # fmt: skip


@njit(**SERIAL)
def _results_of(m, across, count, room):
    """Transform the products of `count` tiles back: room[line, column, kernel]."""
    _, width, deep = room.shape
    apart = m.shape[1] * deep
    for t in range(count):
        at = (t // across * width + t % across) * STEP * deep
        squares(room, at, width * deep, deep,
                 m, t * deep, SIDE * apart, apart, deep, "results")  # fmt: skip


# --- all images -----------------------------------------------------------------------------------


@njit(**SERIAL)
def kernels_of(i, w, by_kernel, turned, u):
    """Transform all that kernel i has, or else all that kernels have for channel i: u[point, i].

    `turned` turns them by half a turn, as the gradient of the input wants them.
    """
    (F, C), deep = w.shape[:2], u.shape[2]
    room = np.zeros((9, deep), w.dtype)
    first, down = (8 * deep, -deep) if turned else (0, deep)
    if by_kernel:
        turn(room, first, down, w, i * C * 9, 9, C, 9)
    else:
        turn(room, first, down, w, i * 9, C * 9, F, 9)
    apart = u.shape[1] * deep
    squares(u, i * deep, SIDE * apart, apart, room, 0, 3 * deep, deep, deep, "kernel")


@njit(**SERIAL)
def _image(tile, x, u, b, padding, band, out):
    """Convolve one image; tell whether all results are finite."""
    (C, _, _), (F, rows, columns), (_, _, deep) = x.shape, out.shape, u.shape
    down, across = (rows + 1) // STEP, (columns + 1) // STEP
    lanes = BYTES // x.itemsize
    channels = (C + lanes - 1) // lanes * lanes
    room = np.zeros((STEP * band + 2, STEP * across + 2, channels), x.dtype)
    made = np.zeros((STEP * band, STEP * across, deep), x.dtype)
    v = np.empty((POINTS, band * across, channels), x.dtype)
    m = np.zeros((POINTS, band * across, deep), x.dtype)
    finite, terms, numbers = True, np.arange(C), np.arange(band * across)
    for top in range(0, down, band):
        count = min(band, down - top) * across
        _lines_in(x, STEP * top - padding, padding, room)
        _pixels_of(room, across, count, v)
        for t in range(count):
            m[_ONES, t, :F] = b
        here = numbers[:count]
        for p in range(POINTS):
            outer(tile, v[p], here * channels, terms, u[p], terms * deep, F,
                  m[p], here * deep, p == _ONES)  # fmt: skip
        _results_of(m, across, count, made)
        finite = finite and np.isfinite(total(made.reshape(-1)))
        first = STEP * top
        for i in range(min(STEP * band, rows - first)):
            turn(out, (first + i) * columns, rows * columns,
                 made, i * made.shape[1] * deep, deep, columns, F)  # fmt: skip
    return finite


@njit(**PARALLEL)
def _convolve(tile, x, w, turned, b, padding, band, u, out, finite):
    """Transform the kernels, a channel per job; then convolve, an image per job."""
    for c in prange(x.shape[1]):
        kernels_of(c, w, turned, turned, u)
    for n in prange(x.shape[0]):
        finite[n] = _image(tile, x[n], u, b, padding, band, out[n])


@njit(**SERIAL)
def _group(tile, x, dy, padding, band, sums):
    """Sum the transformed gradients over some images: sums[point, kernel, channel]."""
    (N, C, _, _), (_, F, rows, columns), (_, _, channels) = x.shape, dy.shape, sums.shape
    down, across = (rows + 1) // STEP, (columns + 1) // STEP
    lanes = BYTES // x.itemsize
    deep = (F + lanes - 1) // lanes * lanes
    room = np.zeros((STEP * band + 2, STEP * across + 2, channels), x.dtype)
    given = np.zeros((STEP * band, STEP * across, deep), x.dtype)
    v = np.empty((POINTS, band * across, channels), x.dtype)
    m = np.empty((POINTS, band * across, deep), x.dtype)
    kernels, numbers = np.arange(F), np.arange(band * across)
    sums[:] = 0
    for n in range(N):
        for top in range(0, down, band):
            count = min(band, down - top) * across
            _lines_in(x[n], STEP * top - padding, padding, room)
            _lines_in(dy[n], STEP * top, 0, given)
            _pixels_of(room, across, count, v)
            _slopes_of(given, across, count, m)
            here = numbers[:count]
            for p in range(POINTS):
                outer(tile, m[p], kernels, here * deep, v[p], here * channels, C,
                      sums[p], kernels * channels, True)  # fmt: skip


@njit(**SERIAL)
def finish(f, sums, dy, dw, db):
    """Add up the groups' sums for one kernel and transform them back; sum its bias's gradient."""
    groups, points, F, channels = sums.shape
    for p in range(points):
        for g in range(1, groups):
            sums[0, p, f] += sums[g, p, f]
    room, apart = np.empty((9, channels), sums.dtype), F * channels
    squares(room, 0, 3 * channels, channels,
             sums, f * channels, SIDE * apart, apart, channels, "gradient")  # fmt: skip
    turn(dw[f], 0, 9, room, 0, channels, 9, dw.shape[1])
    everything = 0.0
    for n in range(dy.shape[0]):
        everything += total(dy[n, f].reshape(-1))
    db[f] = everything


@njit(**PARALLEL)
def _slopes(tile, x, dy, padding, band, sums, dw, db):
    """Sum over groups of images, a group per job; then finish, a kernel per job."""
    N, groups = x.shape[0], sums.shape[0]
    for g in prange(groups):
        first, last = g * N // groups, (g + 1) * N // groups
        _group(tile, x[first:last], dy[first:last], padding, band, sums[g])
    for f in prange(dw.shape[0]):
        finish(f, sums, dy, dw, db)


def _band(rows: int, columns: int) -> int:
    """Return how many rows of tiles are taken at a time."""
    down, across = (rows + 1) // STEP, (columns + 1) // STEP
    bands = max(1, round(down * across / _TILES))
    return -(-down // bands)


def _deep(maps: int, dtype: Any) -> int:
    """Return the number of maps, filled up to whole vectors."""
    lanes = BYTES // int(np.dtype(dtype).itemsize)
    return -(-maps // lanes) * lanes


def convolve(x: Array, w: Array, turned: bool, b: Array, padding: int) -> tuple[Array, Array]:
    """Convolve with stride 1; return the result, and which images' results are all finite.

    With `turned`, the kernels go back from their results to the channels, by half a turn.
    """
    (N, C, H, W), F = x.shape, w.shape[1 if turned else 0]
    out = np.empty((N, F, H + 2 * padding - 2, W + 2 * padding - 2), x.dtype)
    u = np.empty((POINTS, C, _deep(F, x.dtype)), x.dtype)
    finite = np.empty(N, np.bool_)
    band = _band(*out.shape[2:])
    _convolve(tiles(x.dtype), x, w, turned, b, padding, band, u, out, finite)
    return out, finite


def slopes(x: Array, dy: Array, padding: int) -> tuple[Array, Array]:
    """Return the gradients of the kernels and of the biases; not to be used where not finite."""
    (N, C), F = x.shape[:2], dy.shape[1]
    sum_of = POINTS, F, _deep(C, x.dtype)
    groups = max(2, _ROOM // (math.prod(sum_of) * x.itemsize))
    sums = np.empty((min(N, _GROUPS, groups), *sum_of), x.dtype)
    dw, db = np.empty((F, C, 3, 3), x.dtype), np.empty(F, x.dtype)
    _slopes(tiles(x.dtype), x, dy, padding, _band(*dy.shape[2:]), sums, dw, db)
    return dw, db
