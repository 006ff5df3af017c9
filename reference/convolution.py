# mypy: allow-untyped-defs
"""Convolution and pooling: what stands around the layers.

The layers themselves are in `kernels.conv2d` and `kernels.pooling`: other topics build on them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, njit, prange
from reference.contracts import contract, fit
from reference.kernels.conv2d import (
    conv2d_backward,
    conv2d_forward,
    conv2d_slopes,
    ends,
    framed,
    input_slopes,
)
from reference.kernels.gemm import matmul
from reference.kernels.grouped import FEW
from reference.kernels.grouped import convolve as convolve_groups
from reference.kernels.move import bordered, copy_lines
from reference.kernels.pooling import (
    avg_pool_backward,
    avg_pool_forward,
    global_avg_pool,
    max_pool_backward,
    max_pool_backward_at,
    max_pool_forward,
    max_pool_with_indices,
)
from reference.kernels.shapes import share
from reference.kernels.vector import exp, larger, log

__all__ = [
    "avg_pool_backward",
    "avg_pool_forward",
    "col2im",
    "conv1d",
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_slopes",
    "conv_cost",
    "diagnose_conv2d",
    "equivariance_gap",
    "flatten",
    "global_avg_pool",
    "grouped_conv2d",
    "im2col",
    "local_response_norm",
    "max_pool_backward",
    "max_pool_backward_at",
    "max_pool_forward",
    "max_pool_with_indices",
    "place_windows",
    "pool_backward",
    "pool_forward",
    "segmentation_head",
    "smooth_track",
    "translate",
    "transposed_conv2d",
    "upsample_nearest",
]

Array = NDArray[Any]


# --- in one dimension, and by counting ---------------------------------------------------------


@njit(**SERIAL)
def _smooth(positions: Array, weights: Array, out: Array) -> None:
    """See `solutions.convolution.chapter.smooth_track`."""
    for t in range(positions.shape[0]):
        oldest = min(t, weights.shape[0] - 1)
        total = 0.0
        for age in range(oldest + 1):
            total += weights[age]
        for d in range(positions.shape[1]):
            mean = 0.0
            for age in range(oldest + 1):
                mean += weights[age] * positions[t - age, d]
            out[t, d] = mean / total


@contract("positions (T, D), weights (K) -> positions", "K >= 1")
def smooth_track(positions: Array, weights: Array) -> Array:
    """See `solutions.convolution.chapter.smooth_track`."""
    out = np.empty_like(positions)
    _smooth(positions, weights, out)
    return out


@njit(**SERIAL)
def _conv1d(padded: Array, kernel: Array, dilation: int, out: Array) -> None:
    """See `solutions.convolution.chapter.conv1d`.

    Row r of `padded` is every stride-th number from number r on: windows side by side need
    neighbours, and one weight serves many of them at a time.
    """
    stride = len(padded)
    for first in range(0, out.size, 1024):  # windows whose sums stay in the first cache
        block = out[first : first + 1024]
        block[:] = 0
        for u in range(kernel.size):
            at = u * dilation
            seen, weight = padded[at % stride, first + at // stride :], kernel[u]
            for i in range(block.size):
                block[i] += weight * seen[i]


@contract(
    "signal (T), kernel (K), stride int >= 1, padding int >= 0 | 'causal', "
    "dilation int >= 1 -> signal",
    "K >= 1",
    "fit(T, K, 1, padding, dilation) >= 1",
)
def conv1d(
    signal: Array, kernel: Array, stride: int = 1, padding: int | str = 0, dilation: int = 1
) -> Array:
    """See `solutions.convolution.chapter.conv1d`."""
    T, K = len(signal), len(kernel)
    span = dilation * (K - 1) + 1
    before, after = (span - 1, 0) if isinstance(padding, str) else (padding, padding)
    out = np.empty(fit(T, K, stride, padding, dilation), dtype=signal.dtype)
    rows = (T + before + after) // stride + 1
    padded = np.zeros((rows, stride), dtype=signal.dtype)
    padded.reshape(-1)[before : before + T] = signal
    _conv1d(np.ascontiguousarray(padded.T), kernel, dilation, out)
    return out


@contract(
    "size int >= 0, kernel int >= 1, stride int >= 1, "
    "padding int >= 0 | 'valid' | 'same', dilation int >= 1",
)
def place_windows(
    size: int, kernel: int, stride: int = 1, padding: int | str = "valid", dilation: int = 1
) -> tuple[int, int, int]:
    """See `solutions.convolution.chapter.place_windows`."""
    windows = max(0, fit(size, kernel, stride, padding, dilation))
    return windows, *ends(size, kernel, stride, padding, dilation)


@contract(
    "out_shape ints(F, OH, OW) >= 0, in_channels int >= 0, kernel ints(KH, KW) >= 0, "
    "itemsize int >= 0, groups int >= 1",
    "in_channels % groups == F % groups == 0",
)
def conv_cost(
    out_shape: tuple[int, int, int],
    in_channels: int,
    kernel: tuple[int, int],
    itemsize: int = 4,
    groups: int = 1,
) -> tuple[int, int, int]:
    """See `solutions.convolution.chapter.conv_cost`."""
    maps, rows, columns = out_shape
    weights = maps * in_channels * kernel[0] * kernel[1] // groups
    return weights + maps, weights * rows * columns, maps * rows * columns * itemsize


# --- windows as columns, and back ----------------------------------------------------------------


@njit(**SERIAL)
def _im2col_maps(first, last, x, border, padding, stride, columns):
    """See `solutions.convolution.chapter.im2col`."""
    (C, KH, KW, rows, cols), (high, wide) = columns.shape[1:], border
    room, flat = np.empty(high * wide, x.dtype), columns.reshape(-1)
    for job in range(first, last):
        n, c = job // C, job % C
        pixels = bordered(x[n, c : c + 1], border, (padding, padding), room)
        for tap in range(KH * KW):
            start, goal = tap // KW * wide + tap % KW, (job * KH * KW + tap) * rows * cols
            if stride == 1:
                copy_lines(flat, goal, cols, pixels, start, wide, rows, cols, -x.dtype.type(0))
                continue
            for i in range(rows):
                for j in range(cols):
                    pixel = pixels[np.uintp(start + (i * wide + j) * stride)]
                    flat[np.uintp(goal + i * cols + j)] = pixel


@njit(**PARALLEL)
def _im2col(jobs, maps, x, border, padding, stride, columns):
    """See `_im2col_maps`."""
    for job in prange(jobs):
        first, last = job * maps // jobs, (job + 1) * maps // jobs
        _im2col_maps(first, last, x, border, padding, stride, columns)


@contract(
    "x (N, C, H, W), kernel ints(KH, KW) >= 1, stride int >= 1, padding int >= 0 -> x",
    "fit(H, KH, 1, padding) >= 1",
    "fit(W, KW, 1, padding) >= 1",
)
def im2col(x: Array, kernel: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.im2col`."""
    N, C, H, W = x.shape
    rows, cols = fit(H, kernel[0], stride, padding), fit(W, kernel[1], stride, padding)
    columns = np.empty((N, C, *kernel, rows, cols), dtype=x.dtype)
    border = (H + 2 * padding, W + 2 * padding)
    share(_im2col_maps, _im2col, N * C, columns.size, x, border, padding, stride, columns)
    return columns.reshape(N, C * kernel[0] * kernel[1], rows * cols)


@njit(**SERIAL)
def _col2im_maps(first, last, columns, stride, padding, out):
    """See `solutions.convolution.chapter.col2im`."""
    (KH, KW, rows, cols), (H, W) = columns.shape[2:], out.shape[2:]
    flat, sums = columns.reshape(-1), out.reshape(-1)
    for job in range(first, last):
        for tap in range(KH * KW):
            u, v = tap // KW - padding, tap % KW - padding
            left, right = max(0, -(v // stride)), min(cols, (W - 1 - v) // stride + 1)
            for i in range(max(0, -(u // stride)), min(rows, (H - 1 - u) // stride + 1)):
                goal = (job * H + i * stride + u) * W + v
                start = ((job * KH * KW + tap) * rows + i) * cols
                for j in range(left, right):
                    sums[np.uintp(goal + j * stride)] += flat[np.uintp(start + j)]


@njit(**PARALLEL)
def _col2im(jobs, maps, columns, stride, padding, out):
    """See `_col2im_maps`."""
    for job in prange(jobs):
        first, last = job * maps // jobs, (job + 1) * maps // jobs
        _col2im_maps(first, last, columns, stride, padding, out)


@contract(
    "columns (N, C*KH*KW, fit(H, KH, stride, padding)*fit(W, KW, stride, padding)), "
    "shape ints(N, C, H, W) >= 0, kernel ints(KH, KW) >= 1, stride int >= 1, "
    "padding int >= 0",
    "fit(H, KH, 1, padding) >= 1",
    "fit(W, KW, 1, padding) >= 1",
)
def col2im(
    columns: Array,
    shape: tuple[int, int, int, int],
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
) -> Array:
    """See `solutions.convolution.chapter.col2im`."""
    N, C, H, W = shape
    rows, cols = fit(H, kernel[0], stride, padding), fit(W, kernel[1], stride, padding)
    out = np.zeros((N, C, H, W), dtype=columns.dtype)
    columns = columns.reshape(N, C, *kernel, rows, cols)
    share(_col2im_maps, _col2im, N * C, columns.size, columns, stride, padding, out)
    return out


# --- relatives of the layer ----------------------------------------------------------------------


@contract(
    "x (N, C, H, W), w (F, D, KH, KW), b (F), groups int >= 1, stride int >= 1, "
    "padding int >= 0 | 'valid' | 'same' -> x",
    "C == D * groups",
    "F % groups == 0",
    "fit(H, KH, 1, padding) >= 1",
    "fit(W, KW, 1, padding) >= 1",
    "min(F, C, H, W, KH, KW) >= 1",
)
def grouped_conv2d(
    x: Array, w: Array, b: Array, groups: int = 1, stride: int = 1, padding: int | str = 0
) -> Array:
    """See `solutions.convolution.chapter.grouped_conv2d`."""
    if groups == 1:
        return conv2d_forward(x, w, b, stride, padding)
    if isinstance(padding, str):
        x, padding, _ = framed(x, w.shape, stride, padding, 1)
    if w.shape[1] <= FEW:
        return convolve_groups(x, w, b, groups, stride, padding)
    parts = zip(*(np.split(a, groups, axis) for a, axis in ((x, 1), (w, 0), (b, 0))), strict=True)
    layers = [conv2d_forward(np.ascontiguousarray(p), q, r, stride, padding) for p, q, r in parts]
    return np.concatenate(layers, axis=1)


@contract(
    "x (N, C, H, W), w (C, F, KH, KW), b (F), stride int >= 1, padding int >= 0, "
    "extra int >= 0 -> x",
    "extra < stride",
    "(H - 1) * stride + KH + extra > 2 * padding",
    "(W - 1) * stride + KW + extra > 2 * padding",
    "min(F, C, H, W, KH, KW) >= 1",
)
def transposed_conv2d(
    x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0, extra: int = 0
) -> Array:
    """See `solutions.convolution.chapter.transposed_conv2d`."""
    high, wide = (
        (size - 1) * stride - 2 * padding + taps + extra
        for size, taps in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    out = input_slopes(x, (len(x), len(b), high, wide), w, stride, padding, 1)
    out += b[:, None, None]
    return out


@contract(
    "x (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0, kind 'max' | 'average'",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def pool_forward(
    x: Array, size: int, stride: int | None = None, padding: int = 0, kind: str = "max"
) -> Array:
    """See `solutions.convolution.chapter.pool_forward`."""
    return (max_pool_forward if kind == "max" else avg_pool_forward)(x, size, stride, padding)


@contract(
    "dy (N, C, fit(H, size, stride or size, padding), fit(W, size, stride or size, "
    "padding)), x (N, C, H, W), size int >= 1, stride int? >= 1, padding int >= 0, "
    "kind 'max' | 'average' -> x",
    "padding <= size // 2",
    "fit(H, size, 1, padding) >= 1",
    "fit(W, size, 1, padding) >= 1",
)
def pool_backward(
    dy: Array,
    x: Array,
    size: int,
    stride: int | None = None,
    padding: int = 0,
    kind: str = "max",
) -> Array:
    """See `solutions.convolution.chapter.pool_backward`."""
    return (max_pool_backward if kind == "max" else avg_pool_backward)(dy, x, size, stride, padding)


@contract(
    "x (N, C, H, W), w (F, C, K, K), b (F), padding int >= 0, "
    "found (N, F, fit(H, K, 1, padding), fit(W, K, 1, padding))",
    "fit(H, K, 1, padding) >= 1",
    "fit(W, K, 1, padding) >= 1",
    "N >= 1",
    "min(F, C, H, W, K) >= 1",
)
def diagnose_conv2d(x: Array, w: Array, b: Array, padding: int, found: Array) -> str:
    """See `solutions.convolution.chapter.diagnose_conv2d`."""
    turned = np.ascontiguousarray(w[..., ::-1, ::-1]), np.ascontiguousarray(w.swapaxes(2, 3))
    sides = (0, 0), (0, 0), (padding,) * 2, (padding,) * 2
    aside = (0, 0), (0, 0), (2 * padding, 0), (2 * padding, 0)
    rows = (
        ("right", x, w, b, padding),
        ("flipped", x, turned[0], b, padding),
        ("transposed", x, turned[1], b, padding),
        ("first channel", x[:, :1].copy(), w[:, :1].copy(), b, padding),
        ("no bias", x, w, np.zeros_like(b), padding),
        ("bias per channel", x, w, b * x.dtype.type(x.shape[1]), padding),
        ("repeated border", np.pad(x, sides, mode="edge"), w, b, 0),
        ("one-sided", np.pad(x, aside), w, b, 0),
    )
    for name, images, kernels, biases, border in rows:
        made = conv2d_forward(images, kernels, biases, 1, border)
        if np.abs(found - made).max() <= 1e-4 * np.abs(made).max():
            return name
    return "unknown"


# --- moving, resizing, normalising -------------------------------------------------------------


@contract("x kept (N, C, H, W)")
def flatten(x: Array) -> Array:
    """See `solutions.convolution.chapter.flatten`."""
    N, C, H, W = x.shape
    rows: Array = x.reshape((N, C * H * W)).copy()
    return rows


@njit(**SERIAL)
def _translate(x: Array, down: int, right: int, out: Array) -> None:
    """See `solutions.convolution.chapter.translate`."""
    N, C, H, W = x.shape
    for n in range(N):
        for c in range(C):
            for i in range(max(down, 0), min(H, H + down)):
                for j in range(max(right, 0), min(W, W + right)):
                    out[n, c, i, j] = x[n, c, i - down, j - right]


@contract("x (N, C, H, W), down int, right int -> x")
def translate(x: Array, down: int, right: int) -> Array:
    """See `solutions.convolution.chapter.translate`."""
    out = np.zeros_like(x)
    _translate(x, down, right, out)
    return out


@contract("f call, g call, x any")
def equivariance_gap(f: Callable[[Array], Array], g: Callable[[Array], Array], x: Array) -> float:
    """See `solutions.convolution.chapter.equivariance_gap`."""
    one, other = np.asarray(f(g(x))), np.asarray(g(f(x)))
    return max(float(abs(a - b)) for a, b in zip(one.flat, other.flat, strict=True))


@contract("x kept (N, C, H, W), factor int >= 1")
def upsample_nearest(x: Array, factor: int) -> Array:
    """See `solutions.convolution.chapter.upsample_nearest`."""
    return np.repeat(np.repeat(x, factor, axis=3), factor, axis=2)


@njit(**SERIAL)
def _softmax_maps(scores: Array) -> None:
    """Turn scores of shape (K, P) into probabilities over K, many pixels at a time."""
    classes, pixels = scores.shape
    top, mass = scores[0].copy(), np.zeros_like(scores[0])
    for k in range(1, classes):
        for p in range(pixels):
            top[p] = larger(top[p], scores[k, p])
    for k in range(classes):
        for p in range(pixels):
            scores[k, p] = exp(scores[k, p] - top[p])
            mass[p] += scores[k, p]
    for k in range(classes):
        for p in range(pixels):
            scores[k, p] /= mass[p]


@contract("x (N, C, H, W), w (K, C), b (K), factor int >= 1 -> x", "K >= 1")
def segmentation_head(x: Array, w: Array, b: Array, factor: int = 1) -> Array:
    """See `solutions.convolution.chapter.segmentation_head`."""
    small = np.empty((len(x), len(w), *x.shape[2:]), dtype=x.dtype)
    small[:] = b[:, None, None]
    pixels = x.shape[2] * x.shape[3]
    flat = x.reshape(*x.shape[:2], pixels), small.reshape(*small.shape[:2], pixels)
    for features, scores in zip(*flat, strict=True):
        _softmax_maps(matmul(w, features, scores, add=True))
    return upsample_nearest(small, factor)


@njit(**SERIAL)
def _lrn_images(first, last, x, half, alpha, beta, k, out):
    """See `solutions.convolution.chapter.local_response_norm`.

    ``x / (k + alpha * energy) ** beta``, the energy as a sum of squares of neighbouring maps.
    """
    channels, power = x.shape[1], x.dtype.type(-beta)
    scale, start = x.dtype.type(alpha), x.dtype.type(k)
    energy = np.empty(x.shape[2], x.dtype)
    for n in range(first, last):
        for i in range(channels):
            energy[:] = 0
            for j in range(max(0, i - half), min(i + half + 1, channels)):
                other = x[n, j]
                for pixel in range(other.size):
                    energy[pixel] += other[pixel] * other[pixel]
            mine, result = x[n, i], out[n, i]
            for pixel in range(mine.size):
                result[pixel] = mine[pixel] * exp(power * log(start + scale * energy[pixel]))


@njit(**PARALLEL)
def _lrn(jobs, images, x, half, alpha, beta, k, out):
    """See `_lrn_images`."""
    for job in prange(jobs):
        first, last = job * images // jobs, (job + 1) * images // jobs
        _lrn_images(first, last, x, half, alpha, beta, k, out)


@contract("x (N, F, H, W), r int >= 0, alpha real, beta real, k real")
def local_response_norm(
    x: Array, r: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0
) -> Array:
    """See `solutions.convolution.chapter.local_response_norm`."""
    out = np.empty_like(x)
    maps = (*x.shape[:2], x.shape[2] * x.shape[3])
    numbers = r // 2, float(alpha), float(beta), float(k)
    share(_lrn_images, _lrn, len(x), x.size, x.reshape(maps), *numbers, out.reshape(maps))
    return out
