# mypy: allow-untyped-defs
"""The convolutional layer, forward and backward, without im2col: a sum over shifted runs of memory.

A job takes one image (backwards, then a few kernels over all images), so that jobs share no write:
1 and N threads give the same bits. The products are those of `gemm`. In a vector there are
neighbouring pixels; where there are channels enough to fill it, in larger layers, neighbouring
channels (`channels`). Windows of 3 x 3 with stride 1 are done with fewer products, from 8 channels
on: in vectors of channels (`winograd`), or of tiles where maps are few and large
(`winograd_tiles`).
"""

from __future__ import annotations

import functools
import math
from types import ModuleType
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.contracts import contract, fit
from reference.kernels import channels, winograd, winograd_tiles
from reference.kernels.gemm import dot, outer, tiles
from reference.kernels.move import add_lines, bordered, copy_lines, turn
from reference.kernels.vector import total

Array = NDArray[Any]


class _Windows(NamedTuple):
    """Where the pixels of an image stand, for one shape of layer: for `outer` and `dot`.

    A padded image is cut into stride x stride phases (every stride-th pixel, from each start), so
    that a step of the window is a step to the next pixel. Then the pixels that tap (u, v) of the
    window meets are one run of memory, and the layer is a sum over shifted runs: nothing is copied
    per tap. A run passes over the ends of the lines; what comes out there is left aside.
    """

    phase: tuple[int, int]  # lines and columns of one phase
    taps: NDArray[np.int64]  # start of the run of (channel, u, v), in the phases of an image


@functools.lru_cache(maxsize=256)
def windows(
    image: tuple[int, int, int], kernel: tuple[int, int], stride: int, padding: int, dilation: int
) -> _Windows:
    """Return where the pixels are that windows of such images meet."""
    C, H, W = image
    PH, PW = ((size + 2 * padding + stride - 1) // stride for size in (H, W))
    c, u, v = np.ix_(np.arange(C), *(np.arange(size) * dilation for size in kernel))
    place = ((u % stride * stride + v % stride) * C + c) * PH
    taps = (place + u // stride) * PW + v // stride
    return _Windows((PH, PW), taps.ravel())


@njit(**SERIAL)
def _inside(start, stride, padding, size, phase):
    """Return which places of a phase lie in the image, and the pixel of the first of them."""
    first = (padding - start + stride - 1) // stride if start < padding else 0
    last = min(phase, (size + padding - start + stride - 1) // stride)
    return first, last, first * stride + start - padding


@njit(**SERIAL)
def _cut(x, stride, padding, phases):
    """Set phases[n, a, b, c, i, j] = x[n, c, i * stride + a - padding, j * stride + b - padding].

    What is outside the image stays zero.
    """
    (N, C, H, W), (PH, PW) = x.shape, phases.shape[4:]
    pixels, cells, nothing = x.reshape(-1), phases.reshape(-1), -x.dtype.type(0)
    for part in range(N * stride * stride):
        n, a, b = part // (stride * stride), part // stride % stride, part % stride
        top, bottom, y = _inside(a, stride, padding, H, PH)
        left, right, first = _inside(b, stride, padding, W, PW)
        lines, count = bottom - top, right - left
        for c in range(C):
            at, start = ((part * C + c) * PH + top) * PW + left, ((n * C + c) * H + y) * W + first
            if stride == 1:
                copy_lines(cells, at, PW, pixels, start, W, lines, count, nothing)
                continue
            for i in range(lines):
                line, seen = cells[at + i * PW :], pixels[start + i * stride * W :]
                for j in range(count):
                    line[j] = seen[j * stride]


# Several images by one thread, and by all: a kernel for one image would be compiled once more.


@njit(**SERIAL)
def conv_images(tile, x, w, b, taps, stride, padding, phase, out):
    """Fill the output maps of some images, with room for an image's phases and for its runs."""
    (_, F, rows, columns), (high, wide) = out.shape, phase
    run, cuts = (rows - 1) * wide + columns, stride > 1 or padding > 0
    phases = np.zeros((1, stride, stride, x.shape[1], high, wide), x.dtype)
    flat = np.empty(F * rows * wide, x.dtype)
    kernels, terms, goals = np.arange(F) * taps.size, np.arange(taps.size), np.arange(F) * run
    for n in range(x.shape[0]):
        pixels, maps = x[n].reshape(-1), out[n].reshape(-1)
        if cuts:
            _cut(x[n : n + 1], stride, padding, phases)
            pixels = phases.reshape(-1)
        if wide == columns:  # no ends of lines to leave aside
            flat = maps
        outer(tile, w, kernels, terms, pixels, taps, run, flat, goals, False)
        for f in range(F):
            copy_lines(maps, f * rows * columns, columns, flat, f * run, wide, rows, columns, b[f])


@njit(**PARALLEL)
def _conv_parallel(tile, x, w, b, taps, stride, padding, phase, out):
    """See `conv_images`; one image per job."""
    for n in prange(x.shape[0]):
        here = slice(n, n + 1)
        conv_images(tile, x[here], w, b, taps, stride, padding, phase, out[here])


def _as_lines(shape: tuple[int, ...], stride: int, padding: int, *maps: Array) -> list[Array]:
    """Return the maps, each as a single line if windows of these `shape` are single pixels."""
    if shape[2:] != (1, 1) or stride > 1 or padding > 0:
        return list(maps)
    return [each.reshape(*each.shape[:2], 1, math.prod(each.shape[2:])) for each in maps]


def _direct(x: Array, w: Array, b: Array, stride: int, padding: int, dilation: int) -> Array:
    """Convolve by the definition: every product that it names, added in its order."""
    size = x.shape[2:]
    (x,) = _as_lines(w.shape, stride, padding, x)
    rows = fit(x.shape[2], w.shape[2], stride, padding, dilation)
    columns = fit(x.shape[3], w.shape[3], stride, padding, dilation)
    work = len(x) * w.size * rows * columns
    if channels.pays(len(w), w, work):
        out = channels.convolve(x, w, b, (rows, columns), stride, padding, dilation)
    else:
        at = windows(x.shape[1:], w.shape[2:], stride, padding, dilation)
        out = np.empty((len(x), len(w), rows, columns), dtype=x.dtype)
        run = conv_images if work < 16 * SMALL else _conv_parallel
        run(tiles(x.dtype), x, w.reshape(-1), b, at.taps, stride, padding, at.phase, out)
    return out if x.shape[2:] == size else out.reshape(len(x), len(w), *size)


def _fast(maps: Array, w: Array, stride: int, padding: int, dilation: int) -> ModuleType | None:
    """Return the form with fewer products that pays for the kernels `w`, from or to `maps`."""
    given = maps, w, stride, padding, dilation
    return next((form for form in (winograd_tiles, winograd) if form.pays(*given)), None)


def ends(
    size: int, kernel: int, stride: int, padding: int | str, dilation: int = 1
) -> tuple[int, int]:
    """Return the zeros at the two ends of a side that a number or a word asks for."""
    if padding != "same":
        return (0, 0) if isinstance(padding, str) else (padding, padding)
    reach = (size - 1) // stride * stride + dilation * (kernel - 1) + 1
    missing = max(reach - size, 0)
    return missing // 2, (missing + 1) // 2


def framed(
    x: Array, kernel: tuple[int, ...], stride: int, padding: str, dilation: int
) -> tuple[Array, int, tuple[int, int]]:
    """Return images, the zeros that they still need on each side, and those put above and left."""
    (above, below), (left, right) = (
        ends(size, taps, stride, padding, dilation)
        for size, taps in zip(x.shape[2:], kernel[2:], strict=True)
    )
    if above == below == left == right:
        return x, above, (0, 0)
    return np.pad(x, ((0, 0), (0, 0), (above, below), (left, right))), 0, (above, left)


@contract(
    "x (N, C, H, W), w (F, C, KH, KW), b (F), stride int >= 1, "
    "padding int >= 0 | 'valid' | 'same', dilation int >= 1 -> x",
    "fit(H, KH, 1, padding, dilation) >= 1",
    "fit(W, KW, 1, padding, dilation) >= 1",
    "min(F, C, H, W, KH, KW) >= 1",
)
def conv2d_forward(
    x: Array, w: Array, b: Array, stride: int = 1, padding: int | str = 0, dilation: int = 1
) -> Array:
    """See `solutions.convolution.chapter.conv2d_forward`."""
    if isinstance(padding, str):
        x, padding, _ = framed(x, w.shape, stride, padding, dilation)
    fast = _fast(x, w, stride, padding, dilation)
    if not fast:
        return _direct(x, w, b, stride, padding, dilation)
    out, finite = fast.convolve(x, w, False, b, padding)
    for n in np.flatnonzero(~finite):
        out[n] = _direct(x[n : n + 1], w, b, stride, padding, dilation)[0]
    return cast(Array, out)


class _Lines(NamedTuple):
    """Where the lines of an input's gradient come from.

    A tap moves the gradient of the output down and to the right. Down is a matter of where to read;
    what goes to the right is summed apart, for each column v of the windows, and moved then::

        sums[c, v, y, j] = sum over f, u  w[f, c, u, v] * dy[f, (y + padding - u) / stride, j]
        dx[c, y, j * stride + v - padding] += sums[c, v, y, j]

    The stride divides that for some u only: lines that leave the same rest (they are a phase) meet
    the same taps.
    """

    border: tuple[int, int]  # lines of the output's gradient with zeros around; those above it
    rows: NDArray[np.int64]  # per (c, v): the first of its weights, the kernels being innermost
    taps: NDArray[np.int64]  # per (u, f) by phase: the place among these, and that in the gradient
    ends: NDArray[np.int64]  # where in `taps` each phase ends


@functools.lru_cache(maxsize=256)
def _lines(
    height: int,
    w: tuple[int, ...],
    out: tuple[int, int],
    stride: int,
    padding: int,
    dilation: int,
) -> _Lines:
    (F, C, KH, KW), (rows, columns) = w, out
    above = max(0, (KH - 1) * dilation // stride - padding // stride)
    high = above + max(rows, (height - 1 + padding) // stride + 1)
    u = np.array(sorted(range(KH), key=lambda u: u * dilation % stride))[:, None]
    f = np.arange(F)
    place = (f * high + above - u * dilation // stride) * columns
    taps = np.stack([(u * KW * F + f).ravel(), place.ravel()])
    ends = np.searchsorted((u * dilation % stride).ravel(), np.arange(stride), side="right") * F
    c, v = np.ix_(np.arange(C) * KH, np.arange(KW))
    return _Lines((high, above), (c * KW + v).ravel() * F, taps, ends)


@njit(**SERIAL)
def _innermost(w):
    """Return the weights with those of all kernels side by side."""
    F, each = w.shape[0], w[0].size
    beside = np.empty(w.size, w.dtype)
    turn(beside, 0, F, w.reshape(-1), 0, each, F, each)
    return beside


@njit(**SERIAL)
def _moved(sums, start, columns, lines, right, stride, made, W):
    """Add lines of sums to lines that begin `right` pixels further left, every stride-th pixel."""
    first = max(0, (stride - 1 - right) // stride)
    count, at = min(columns, (W - right + stride - 1) // stride) - first, first * stride + right
    if stride == 1:
        add_lines(made, at, made.shape[1], sums, start + first, columns, lines, max(0, count))
        return
    for i in range(lines):
        line, given = made[i, at:], sums[start + i * columns + first :]
        for j in range(count):
            line[j * stride] += given[j]


@njit(**SERIAL)
def _dx_serial(tile, dy, beside, border, rows, taps, ends, stride, padding, dilation, band, dx):
    """Collect the gradient of some images, `band` lines of a phase at a time: see `_Lines`."""
    (F, _, columns), (N, C, H, W), (high, above) = dy.shape[1:], dx.shape, border
    KW, size, nothing = rows.size // C, band * columns, -dx.dtype.type(0)
    room, sums = np.empty(F * high * columns, dy.dtype), np.empty(rows.size * size, dy.dtype)
    goals, made = np.arange(rows.size) * size, np.empty((band, W + _APART), dy.dtype)
    for n in range(N):
        slopes, pixels = bordered(dy[n], (high, columns), (above, 0), room), dx[n].reshape(-1)
        if KW == 1 and stride == 1 and padding == 0:  # nothing moves
            outer(tile, beside, rows, taps[0], slopes, taps[1], size, pixels, goals, False)
            continue
        for y in range(H):
            if y // stride % band:  # a line of the band before
                continue
            i, phase = (y + padding) // stride, (y + padding) % stride
            lines = min(band, (H - y + stride - 1) // stride)
            these = slice(ends[phase - 1] if phase else 0, ends[phase])
            outer(tile, beside, rows, taps[0, these], slopes, taps[1, these] + i * columns,
                  lines * columns, sums, goals, False)  # fmt: skip
            for c in range(C):
                made[:] = 0
                for v in range(KW):
                    right, start = v * dilation - padding, goals[c * KW + v]
                    _moved(sums, start, columns, lines, right, stride, made, W)
                copy_lines(pixels, (c * H + y) * W, stride * W, made, 0, W + _APART, lines, W,
                           nothing)  # fmt: skip


@njit(**PARALLEL)
def _dx_parallel(tile, dy, beside, border, rows, taps, ends, stride, padding, dilation, band, dx):
    """See `_dx_serial`; one image per job."""
    for n in prange(dy.shape[0]):
        here = slice(n, n + 1)
        _dx_serial(tile, dy[here], beside, border, rows, taps, ends,
                   stride, padding, dilation, band, dx[here])  # fmt: skip


_BAND = 1 << 18
"""Bytes of sums that are taken at a time, before they are moved: they stay in the second cache."""

_APART = 16
"""Numbers between lines that are added to: a load that meets a store to the line before has to wait
for it, even where masks leave that out."""


@njit(**SERIAL)
def _dw_serial(jobs, tile, dy, taps, block, phases, dw, db):
    """Sum the gradients of weights over all images; a job takes some kernels and some channels.

    `block` says how many kernels, channels, and images at a time: so many stay in the cache.
    """
    (N, F, rows, columns), (kernels, channels, group) = dy.shape, block
    size, width, C, taken = phases.size // N, phases.shape[5], phases.shape[3], taps.size
    across, each = (C + channels - 1) // channels, taken // C
    left, right = np.empty(group * rows, np.int64), np.empty(group * rows, np.int64)
    for job in range(jobs[0], jobs[1]):
        f, c = job // across * kernels, job % across * channels
        last = min(F, f + kernels)
        seen = taps[c * each : min(C, c + channels) * each]
        maps, places = np.arange(f, last) * (rows * columns), np.arange(f, last) * taken + c * each
        for start in range(0, N, group):
            images = min(group, N - start)
            for n in range(images):
                for i in range(rows):
                    left[n * rows + i] = ((start + n) * F * rows + i) * columns
                    right[n * rows + i] = (start + n) * size + i * width
            lines = images * rows
            dot(tile, dy, maps, left[:lines], phases, seen, right[:lines],
                columns, dw, places, start > 0)  # fmt: skip
        for k in range(f, last if c == 0 else f):
            everything = 0.0
            for n in range(N):
                everything += total(dy[n, k].reshape(-1))
            db[k] = everything


@njit(**PARALLEL)
def _dw_parallel(jobs, tile, x, dy, taps, stride, padding, block, phases, dw, db):
    """See `_dw_serial`; one image to cut, then one block of weights, per job."""
    for n in prange(x.shape[0]):
        here = slice(n, n + 1)
        _cut(x[here], stride, padding, phases[here])
    for job in prange(jobs):
        _dw_serial((job, job + 1), tile, dy, taps, block, phases, dw, db)


_KERNELS, _TAPS = 24, 96
"""Kernels whose gradients one job sums, and of how many weights of each, about."""


@contract(
    "dy (N, F, fit(H, KH, stride, padding, dilation), fit(W, KW, stride, padding, "
    "dilation)), x (N, C, H, W), w (F, C, KH, KW), stride int >= 1, "
    "padding int >= 0 | 'valid' | 'same', dilation int >= 1 -> x",
    "fit(H, KH, 1, padding, dilation) >= 1",
    "fit(W, KW, 1, padding, dilation) >= 1",
    "min(F, C, H, W, KH, KW) >= 1",
)
def conv2d_backward(
    dy: Array, x: Array, w: Array, stride: int = 1, padding: int | str = 0, dilation: int = 1
) -> tuple[Array, Array, Array]:
    """See `solutions.convolution.chapter.conv2d_backward`."""
    if isinstance(padding, str):
        wide, border, (above, left) = framed(x, w.shape, stride, padding, dilation)
        dx, dw, db = conv2d_backward(dy, wide, w, stride, border, dilation)
        inside = dx[:, :, above : above + x.shape[2], left : left + x.shape[3]]
        return np.ascontiguousarray(inside), dw, db
    dx = input_slopes(dy, x.shape, w, stride, padding, dilation)
    return dx, *conv2d_slopes(dy, x, w.shape, stride, padding, dilation)


def input_slopes(
    dy: Array, shape: tuple[int, ...], w: Array, stride: int, padding: int, dilation: int
) -> Array:
    """Return the gradient of the input: with stride 1, a convolution with the turned kernels."""
    if not np.isfinite(w).all():
        return _input_slopes_by_taps(dy, shape, w, stride, padding, dilation)
    fast = _fast(dy, w, stride, padding, dilation)
    if not fast:
        return _direct_input_slopes(dy, shape, w, stride, padding, dilation)
    dx, finite = fast.convolve(dy, w, True, np.zeros(shape[1], w.dtype), 2 - padding)
    for n in np.flatnonzero(~finite):
        one = dy[n : n + 1], (1, *shape[1:]), w
        dx[n] = _direct_input_slopes(*one, stride, padding, dilation)[0]
    return cast(Array, dx)


def _input_slopes_by_taps(
    dy: Array, shape: tuple[int, ...], w: Array, stride: int, padding: int, dilation: int
) -> Array:
    """Take no product but those of the definition.

    The faster ways have zeros around an output's gradient, which meet every weight: 0 times a
    weight that is infinite or NaN would reach pixels that the weight never saw.
    """
    room = np.zeros((*shape[:2], *(size + 2 * padding for size in shape[2:])), dy.dtype)
    for u, v in np.ndindex(*w.shape[2:]):
        down, right = (
            slice(tap * dilation, tap * dilation + (count - 1) * stride + 1, stride)
            for tap, count in zip((u, v), dy.shape[2:], strict=True)
        )
        room[:, :, down, right] += np.einsum("nfij,fc->ncij", dy, w[:, :, u, v])
    return room[:, :, padding : padding + shape[2], padding : padding + shape[3]].copy()


def _direct_input_slopes(
    dy: Array, shape: tuple[int, ...], w: Array, stride: int, padding: int, dilation: int
) -> Array:
    dx = np.empty(shape, dy.dtype)
    dy, line = _as_lines(w.shape, stride, padding, dy, dx)
    H, work = line.shape[2], dy.size * w[0].size
    if channels.pays(w.shape[1], w, work):
        return channels.input_slopes(dy, line.shape, w, stride, padding, dilation).reshape(shape)
    at = _lines(H, w.shape, dy.shape[2:], stride, padding, dilation)
    moves = w.shape[3] > 1 or stride > 1 or padding > 0
    most = max(1, _BAND // (at.rows.size * dy.shape[3] * dy.itemsize)) if moves else H
    lines = -(-H // stride)
    band = -(-lines // -(-lines // most))
    run = _dx_parallel if work >= 16 * SMALL else _dx_serial
    run(tiles(dy.dtype), dy, _innermost(w), *at, stride, padding, dilation, band, line)
    return dx


@contract(
    "dy (N, F, fit(H, KH, stride, padding, dilation), fit(W, KW, stride, padding, "
    "dilation)), x (N, C, H, W), shape ints(F, C, KH, KW) >= 0, stride int >= 1, "
    "padding int >= 0, dilation int >= 1",
    "fit(H, KH, 1, padding, dilation) >= 1",
    "fit(W, KW, 1, padding, dilation) >= 1",
    "min(F, C, H, W, KH, KW) >= 1",
)
def conv2d_slopes(
    dy: Array,
    x: Array,
    shape: tuple[int, ...],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[Array, Array]:
    """Return `conv2d_backward` without its first result: a first layer has nothing below it."""
    dw, db = np.empty(shape, x.dtype), np.empty(shape[0], x.dtype)
    fast = _fast(dy, dw, stride, padding, dilation)
    if fast:
        dw, db = fast.slopes(x, dy, padding)
        if np.isfinite(dw).all():
            return dw, db
    dy, x = _as_lines(shape, stride, padding, dy, x)
    if channels.slopes_pay(dy, dy.size * dw[0].size):
        return channels.slopes(dy, x, shape, stride, padding, dilation)
    at = windows(x.shape[1:], shape[2:], stride, padding, dilation)
    phases = np.zeros((len(x), stride, stride, x.shape[1], *at.phase), x.dtype)
    kernels, inputs = min(_KERNELS, shape[0]), max(1, _TAPS // (shape[2] * shape[3]))
    pixels = kernels * math.prod(dy.shape[2:]) + inputs * math.prod(phases.shape[1:]) // shape[1]
    block = kernels, inputs, max(1, _GROUP // (pixels * dy.itemsize))
    jobs = -(-shape[0] // kernels) * -(-shape[1] // inputs)
    if dy.size * dw[0].size >= 16 * SMALL:
        _dw_parallel(jobs, tiles(x.dtype), x, dy, at.taps, stride, padding, block, phases, dw, db)
    else:
        _cut(x, stride, padding, phases)
        _dw_serial((0, jobs), tiles(x.dtype), dy, at.taps, block, phases, dw, db)
    return dw, db


_GROUP = 1 << 19
"""Bytes of images and gradients that a sum over images takes at a time: they stay in the cache."""
