# mypy: allow-untyped-defs
"""Convolution where neighbouring channels fill a vector: for whole vectors of them.

A pixel of the result, or of the input's gradient, is a row of numbers: one for each channel. Then
every window is a row of the outer product of `kernels.gemm`, wherever it starts, and any list of
windows will do: no product is taken that is not asked for, whatever the lines, strides and borders.
With windows and pixels as places, and a tap as the distance of a pixel from its window::

    out[window, kernel] = b[kernel] + sum over taps  x[window + tap] * w[tap, kernel]
    dx[pixel, channel] = sum over taps  dy[pixel - tap] * w[tap, channel]
    dw[tap, kernel] = sum over windows  x[window + tap] * dy[window, kernel]

What it costs beside: rows of channels are turned to maps, and maps to rows, once per number.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.compiler.emit import BYTES
from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.kernels.gemm import outer, steps, tiles
from reference.kernels.move import bordered, copy_lines, turn
from reference.kernels.shapes import back
from reference.kernels.vector import total

__all__ = ["convolve", "input_slopes", "pays", "slopes", "slopes_pay"]

Array = NDArray[Any]
Table = NDArray[np.int64]

_BAND = 192
"""Pixels of the result taken at a time: their rows stay in the cache. Whole tiles of rows."""

_WIDE = _BAND + 16
"""Room for a band of a map: bands side by side do not share their place in the cache."""

_TERMS = 256
"""Windows in one chain of sums for a weight's gradient: longer chains round more."""

_TAPS = 72
"""Taps whose gradients one job sums: whole tiles of rows."""

_GROUP = 1 << 20
"""Bytes of images and gradients that a sum over images takes at a time: they stay in the cache."""


def _pays(side_by_side: int, work: int, itemsize: int) -> bool:
    """Tell whether so many channels fill vectors, in a layer of so many products."""
    lanes = BYTES // itemsize
    filled = -(-side_by_side // lanes) * lanes
    return 8 * side_by_side >= 7 * filled and work >= 16 * SMALL


def pays(side_by_side: int, w: Array, work: int) -> bool:
    """Tell whether the layer with the kernels `w`, or its gradient, is one for this file.

    Where windows are single pixels, the maps are matrices to multiply as they stand.
    """
    return w.shape[2:] != (1, 1) and _pays(side_by_side, work, w.itemsize)


def slopes_pay(dy: Array, work: int) -> bool:
    """Tell the same of the weights' gradients: lines of whole vectors need not be turned."""
    lanes = BYTES // dy.itemsize
    whole = dy.shape[3] % lanes == 0 and dy.shape[3] >= 2 * lanes
    return not whole and _pays(dy.shape[1], work, dy.itemsize)


class _Windows(NamedTuple):
    """Where windows and their taps are, in an image with its border."""

    border: tuple[int, int]  # lines and columns of such an image
    starts: Table  # of the windows
    taps: Table  # (channel, u, v), from the start


@functools.lru_cache(maxsize=256)
def _windows(
    image: tuple[int, ...],
    kernel: tuple[int, ...],
    out: tuple[int, ...],
    stride: int,
    padding: int,
    dilation: int,
) -> _Windows:
    C, H, W = image[0], image[1] + 2 * padding, image[2] + 2 * padding
    c, u, v = np.ix_(np.arange(C), *(np.arange(size) * dilation for size in kernel))
    i, j = np.ix_(*(np.arange(size) * stride for size in out))
    return _Windows((H, W), (i * W + j).ravel(), ((c * H + u) * W + v).ravel())


class _Bands(NamedTuple):
    """The pixels of an input, in bands of lines, each with one phase (see `Back`) after another."""

    pixels: int  # of a band
    places: Table  # per pixel: in the output's gradient, in its band
    ends: Table  # where in `places` each phase of each band ends


@functools.lru_cache(maxsize=256)
def _bands(image: tuple[int, int], wide: int, stride: int, padding: int) -> _Bands:
    H, W = image
    lines = max(1, _BAND // (W * stride)) * stride
    y, x = np.divmod(np.arange(H * W), W)
    (i, a), (j, b) = np.divmod(y + padding, stride), np.divmod(x + padding, stride)
    part = (y // lines * stride + a) * stride + b
    order = np.argsort(part, kind="stable")
    parts = np.arange(-(-H // lines) * stride * stride)
    places = np.stack([(i * wide + j)[order], order % (lines * W)])
    return _Bands(lines * W, places, np.searchsorted(part[order], parts, side="right"))


# Lines of maps are often a power of two apart, where they would push each other out of the cache:
# what is turned is a band of them, side by side.


@njit(**SERIAL)
def _to_maps(rows, count, room, plus, maps, at):
    """Turn rows of channels to places from `at` on in each map, and add a number to each map."""
    channels, size = maps.shape
    wide = room.size // channels
    turn(room, 0, wide, rows, 0, channels, count, channels)
    for c in range(channels):
        copy_lines(maps, c * size + at, 0, room, c * wide, 0, 1, count, plus[c])


@njit(**SERIAL)
def _to_rows(maps, room, rows):
    """Turn whole maps to rows of channels."""
    channels, size = maps.shape
    wide = room.size // channels
    for at in range(0, size, _BAND):
        count = min(_BAND, size - at)
        copy_lines(room, 0, wide, maps, at, size, channels, count, -maps.dtype.type(0))
        turn(rows, at * channels, channels, room, 0, wide, channels, count)


@njit(**PARALLEL)
def _convolve(tile, x, w, b, padding, border, starts, taps, rows, places, out):
    """See `convolve`; one image per job."""
    (N, F, P), terms = out.shape, taps.size
    beside = np.empty(terms * F, w.dtype)
    turn(beside, 0, F, w, 0, terms, F, terms)
    for n in prange(N):
        room = np.empty(x.shape[1] * border[0] * border[1], x.dtype)
        pixels, made = bordered(x[n], border, padding, room), np.empty(_BAND * F, x.dtype)
        turned = np.empty(F * _WIDE, x.dtype)
        for first in range(0, P, _BAND):
            here = starts[first : first + _BAND]
            outer(tile, pixels, here, taps, beside, places, F, made, rows[: here.size], False)
            _to_maps(made, here.size, turned, b, out[n], first)


def convolve(
    x: Array, w: Array, b: Array, out: tuple[int, ...], stride: int, padding: int, dilation: int
) -> Array:
    """Return the maps, of the size `out`."""
    (N, C, H, W), (F, _, *kernel) = x.shape, w.shape
    at = _windows((C, H, W), tuple(kernel), out, stride, padding, dilation)
    maps = np.empty((N, F, *out), x.dtype)
    _convolve(tiles(x.dtype), x, w.reshape(-1), b, (padding, padding), at.border, at.starts,
              at.taps, steps(_BAND, F), steps(at.taps.size, F), maps.reshape(N, F, -1))  # fmt: skip
    return maps


@njit(**PARALLEL)
def _input_slopes(tile, dy, w, border, margin, taps, ends, band, pixels, parts, dx):
    """See `input_slopes`; one image per job."""
    (N, C, P), F = dx.shape, dy.shape[1]
    phases, each = ends.size, w.size // (C * F)
    beside = np.empty(w.size, w.dtype)
    for f in range(F):
        turn(beside, f * each * C, C, w, f * each * C, each, C, each)
    places, goals, nothing = taps[1] * C, pixels[1] * C, np.full(C, -dy.dtype.type(0))
    for n in prange(N):
        room = np.empty(F * border[0] * border[1], dy.dtype)
        slopes, made = bordered(dy[n], border, margin, room), np.empty(band * C, dy.dtype)
        turned = np.empty(C * (band + _WIDE - _BAND), dy.dtype)
        for part in range(parts.size):
            phase = part % phases
            some = slice(parts[part - 1] if part else 0, parts[part])
            these = slice(ends[phase - 1] if phase else 0, ends[phase])
            outer(tile, slopes, pixels[0, some], taps[0, these], beside, places[these], C,
                  made, goals[some], False)  # fmt: skip
            if phase == phases - 1:
                first = part // phases * band
                _to_maps(made, min(band, P - first), turned, nothing, dx[n], first)


def input_slopes(
    dy: Array, shape: tuple[int, ...], w: Array, stride: int, padding: int, dilation: int
) -> Array:
    """Return the gradient of an input of that shape."""
    (F, _, KH, KW), (N, C, H, W) = w.shape, shape
    at = back((H, W), (F, KH, KW), stride, padding, dilation)
    bands, dx = _bands((H, W), at.border[1], stride, padding), np.empty(shape, dy.dtype)
    _input_slopes(tiles(dy.dtype), dy, w.reshape(-1), *at, *bands, dx.reshape(N, C, -1))
    return dx


@njit(**PARALLEL)
def _slopes(tile, x, dy, padding, border, starts, taps, places, group, sums, db):
    """See `slopes`; for each group of images, one image per job, then some taps."""
    (N, F, P), C, jobs = dy.shape, x.shape[1], (taps.size + _TAPS - 1) // _TAPS
    rooms = np.empty((group, C * border[0] * border[1]), x.dtype)
    beside = np.empty((group, P * F), dy.dtype)
    sums[:] = 0
    for first in range(0, N, group):
        images = min(group, N - first)
        for n in prange(images):
            bordered(x[first + n], border, padding, rooms[n])
            _to_rows(dy[first + n], np.empty(F * _WIDE, dy.dtype), beside[n])
        for job in prange(jobs):
            some, part = taps[job * _TAPS : (job + 1) * _TAPS], np.empty(_TAPS * F, x.dtype)
            found = sums[job * _TAPS * F : (job * _TAPS + some.size) * F]
            for n in range(images):
                pixels = x[first + n].reshape(-1) if rooms.size == group * x[0].size else rooms[n]
                for k in range(0, P, _TERMS):
                    outer(tile, pixels, some, starts[k : k + _TERMS], beside[n],
                          places[k : k + _TERMS], F, part, places[: some.size], False)  # fmt: skip
                    for i in range(found.size):
                        found[i] += part[i]
    for f in prange(F):
        everything = 0.0
        for n in range(N):
            everything += total(dy[n, f])
        db[f] = everything


def slopes(
    dy: Array, x: Array, shape: tuple[int, ...], stride: int, padding: int, dilation: int
) -> tuple[Array, Array]:
    """Return the gradients of weights of that shape, and of the biases."""
    (N, C, H, W), (_, F, *out), kernel = x.shape, dy.shape, shape[2:]
    at = _windows((C, H, W), kernel, tuple(out), stride, padding, dilation)
    sums, db = np.empty((at.taps.size, F), x.dtype), np.empty(F, x.dtype)
    places = steps(max(at.starts.size, _TAPS), F)
    image = dy[0].nbytes + C * at.border[0] * at.border[1] * x.itemsize
    group = min(N, max(2, _GROUP // image))
    _slopes(tiles(x.dtype), x, dy.reshape(N, F, -1), (padding, padding), at.border, at.starts,
            at.taps, places, group, sums.reshape(-1), db)  # fmt: skip
    return np.ascontiguousarray(sums.T).reshape(shape), db
