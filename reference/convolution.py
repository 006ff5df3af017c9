"""Convolution and pooling: direct loops, one output map per job.

Each job computes one map (or one kernel's weights) from all it needs, so that jobs share no write
and give the same bits on any number of threads. A wrapper runs small work job by job and hands
large work to the threads. Sums that end in one number are carried in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference._jit import PARALLEL, SERIAL, SMALL, njit, prange

__all__ = [
    "avg_pool_backward",
    "avg_pool_forward",
    "col2im",
    "conv1d",
    "conv2d_backward",
    "conv2d_forward",
    "conv_cost",
    "equivariance_gap",
    "flatten",
    "global_avg_pool",
    "im2col",
    "local_response_norm",
    "max_pool_backward",
    "max_pool_forward",
    "output_size",
    "same_padding",
    "segmentation_head",
    "smooth_track",
    "translate",
    "upsample_nearest",
]

Array = NDArray[Any]


# --- what every wrapper needs ------------------------------------------------------------------


def _ready(*arrays: Array) -> list[Array]:
    """Return the arrays C-ordered, all in one float dtype (float32 only if all are)."""
    single = all(np.asarray(array).dtype == np.float32 for array in arrays)
    return [np.ascontiguousarray(a, dtype=np.float32 if single else np.float64) for a in arrays]


def _padded(x: Array, padding: int, fill: float = 0.0) -> Array:
    if padding == 0:
        return x
    N, C, H, W = x.shape
    out = np.full((N, C, H + 2 * padding, W + 2 * padding), fill, dtype=x.dtype)
    out[:, :, padding:-padding, padding:-padding] = x
    return out


def _run(
    one: Callable[..., None], all_jobs: Callable[..., None], jobs: int, work: int, *args: Any
) -> None:
    """Run `one` for each job here if the work is small, else hand all jobs to the threads."""
    if work < SMALL:
        for job in range(jobs):
            one(job, *args)
    else:
        all_jobs(jobs, *args)


def _fit(size: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


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


def smooth_track(positions: Array, weights: Array) -> Array:
    """See `solutions.convolution.chapter.smooth_track`."""
    positions, weights = _ready(positions, weights)
    out = np.empty_like(positions)
    _smooth(positions, weights, out)
    return out


@njit(**SERIAL)
def _conv1d(padded: Array, kernel: Array, stride: int, out: Array) -> None:
    """See `solutions.convolution.chapter.conv1d`."""
    for i in range(out.shape[0]):
        total = 0.0
        for u in range(kernel.shape[0]):
            total += kernel[u] * padded[i * stride + u]
        out[i] = total


def conv1d(signal: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.conv1d`."""
    signal, kernel = _ready(signal, kernel)
    zeros = np.zeros(padding, dtype=signal.dtype)
    out = np.empty(_fit(len(signal), len(kernel), stride, padding), dtype=signal.dtype)
    _conv1d(np.concatenate([zeros, signal, zeros]), kernel, stride, out)
    return out


def output_size(
    size: int, kernel: int, stride: int = 1, padding: int | str = "valid", dilation: int = 1
) -> int:
    """See `solutions.convolution.chapter.output_size`."""
    if padding == "same":
        return (size + stride - 1) // stride
    border = 0 if isinstance(padding, str) else padding
    room = size + 2 * border - ((kernel - 1) * dilation + 1)
    return 0 if room < 0 else 1 + room // stride


def same_padding(size: int, kernel: int, stride: int = 1) -> tuple[int, int]:
    """See `solutions.convolution.chapter.same_padding`."""
    last_start = ((size + stride - 1) // stride - 1) * stride
    missing = max(last_start + kernel - size, 0)
    return missing // 2, (missing + 1) // 2


def conv_cost(
    out_shape: tuple[int, int, int], in_channels: int, kernel: tuple[int, int], itemsize: int = 4
) -> tuple[int, int, int]:
    """See `solutions.convolution.chapter.conv_cost`."""
    maps, rows, columns = out_shape
    weights = maps * in_channels * kernel[0] * kernel[1]
    return weights + maps, weights * rows * columns, maps * rows * columns * itemsize


# --- the convolutional layer -------------------------------------------------------------------


@njit(**SERIAL)
def _conv_map(
    job: int, padded: Array, w: Array, b: Array, stride: int, dilation: int, out: Array
) -> None:
    """Fill the output map of one image and one kernel."""
    n, f = job // w.shape[0], job % w.shape[0]
    rows, columns = out.shape[2], out.shape[3]
    y = out[n, f]
    y[:] = b[f]
    for c in range(w.shape[1]):
        for u in range(w.shape[2]):
            for v in range(w.shape[3]):
                weight = w[f, c, u, v]
                for i in range(rows):
                    line = padded[n, c, i * stride + u * dilation, v * dilation :]
                    for j in range(columns):
                        y[i, j] += weight * line[j * stride]


@njit(**PARALLEL)
def _conv_maps(
    jobs: int, padded: Array, w: Array, b: Array, stride: int, dilation: int, out: Array
) -> None:
    """See `solutions.convolution.chapter.conv2d_forward`."""
    for job in prange(jobs):
        _conv_map(job, padded, w, b, stride, dilation, out)


def conv2d_forward(
    x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Array:
    """See `solutions.convolution.chapter.conv2d_forward`."""
    x, w, b = _ready(x, w, b)
    rows = _fit(x.shape[2], w.shape[2], stride, padding, dilation)
    columns = _fit(x.shape[3], w.shape[3], stride, padding, dilation)
    out = np.empty((len(x), len(w), rows, columns), dtype=x.dtype)
    work = out.size * w[0].size
    padded = _padded(x, padding)
    _run(_conv_map, _conv_maps, len(x) * len(w), work, padded, w, b, stride, dilation, out)
    return out


@njit(**SERIAL)
def _conv_dx_map(job: int, dy: Array, w: Array, stride: int, dilation: int, dpadded: Array) -> None:
    """Collect the gradient of one channel of one padded image."""
    n, c = job // w.shape[1], job % w.shape[1]
    gradient = dpadded[n, c]
    for f in range(w.shape[0]):
        for u in range(w.shape[2]):
            for v in range(w.shape[3]):
                weight = w[f, c, u, v]
                for i in range(dy.shape[2]):
                    line = gradient[i * stride + u * dilation, v * dilation :]
                    for j in range(dy.shape[3]):
                        line[j * stride] += weight * dy[n, f, i, j]


@njit(**PARALLEL)
def _conv_dx_maps(
    jobs: int, dy: Array, w: Array, stride: int, dilation: int, dpadded: Array
) -> None:
    """See `solutions.convolution.chapter.conv2d_backward`."""
    for job in prange(jobs):
        _conv_dx_map(job, dy, w, stride, dilation, dpadded)


@njit(**SERIAL)
def _conv_dw_kernel(
    job: int, dy: Array, padded: Array, stride: int, dilation: int, dw: Array
) -> None:
    """Sum the gradient of one channel of one kernel."""
    f, c = job // dw.shape[1], job % dw.shape[1]
    for u in range(dw.shape[2]):
        for v in range(dw.shape[3]):
            total = 0.0
            for n in range(dy.shape[0]):
                for i in range(dy.shape[2]):
                    line = padded[n, c, i * stride + u * dilation, v * dilation :]
                    for j in range(dy.shape[3]):
                        total += dy[n, f, i, j] * line[j * stride]
            dw[f, c, u, v] = total


@njit(**PARALLEL)
def _conv_dw_kernels(
    jobs: int, dy: Array, padded: Array, stride: int, dilation: int, dw: Array
) -> None:
    """See `solutions.convolution.chapter.conv2d_backward`."""
    for job in prange(jobs):
        _conv_dw_kernel(job, dy, padded, stride, dilation, dw)


def conv2d_backward(
    dy: Array, x: Array, w: Array, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[Array, Array, Array]:
    """See `solutions.convolution.chapter.conv2d_backward`."""
    dy, x, w = _ready(dy, x, w)
    padded = _padded(x, padding)
    dpadded, dw = np.zeros_like(padded), np.empty_like(w)
    work = dy.size * w[0].size
    jobs = len(x) * x.shape[1], w.shape[0] * w.shape[1]
    _run(_conv_dx_map, _conv_dx_maps, jobs[0], work, dy, w, stride, dilation, dpadded)
    _run(_conv_dw_kernel, _conv_dw_kernels, jobs[1], work, dy, padded, stride, dilation, dw)
    db = dy.sum(axis=(0, 2, 3), dtype=np.float64).astype(dy.dtype)
    return _cropped(dpadded, x, padding), dw, db


def _cropped(dpadded: Array, x: Array, padding: int) -> Array:
    H, W = x.shape[2:]
    return np.ascontiguousarray(dpadded[:, :, padding : padding + H, padding : padding + W])


@njit(**SERIAL)
def _im2col(padded: Array, stride: int, columns: Array) -> None:
    """See `solutions.convolution.chapter.im2col`."""
    N, C, KH, KW, rows, cols = columns.shape
    for n in range(N):
        for c in range(C):
            for u in range(KH):
                for v in range(KW):
                    for i in range(rows):
                        for j in range(cols):
                            pixel = padded[n, c, i * stride + u, j * stride + v]
                            columns[n, c, u, v, i, j] = pixel


def im2col(x: Array, kernel: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.im2col`."""
    (x,) = _ready(x)
    N, C, H, W = x.shape
    rows, cols = _fit(H, kernel[0], stride, padding), _fit(W, kernel[1], stride, padding)
    columns = np.empty((N, C, *kernel, rows, cols), dtype=x.dtype)
    _im2col(_padded(x, padding), stride, columns)
    return columns.reshape(N, C * kernel[0] * kernel[1], rows * cols)


@njit(**SERIAL)
def _col2im(columns: Array, stride: int, padding: int, out: Array) -> None:
    """See `solutions.convolution.chapter.col2im`."""
    N, C, KH, KW, rows, cols = columns.shape
    for n in range(N):
        for c in range(C):
            for u in range(KH):
                for i in range(rows):
                    row = i * stride + u - padding
                    if row < 0 or row >= out.shape[2]:
                        continue
                    for v in range(KW):
                        for j in range(cols):
                            column = j * stride + v - padding
                            if 0 <= column < out.shape[3]:
                                out[n, c, row, column] += columns[n, c, u, v, i, j]


def col2im(
    columns: Array,
    shape: tuple[int, int, int, int],
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
) -> Array:
    """See `solutions.convolution.chapter.col2im`."""
    (columns,) = _ready(columns)
    N, C, H, W = shape
    rows, cols = _fit(H, kernel[0], stride, padding), _fit(W, kernel[1], stride, padding)
    out = np.zeros((N, C, H, W), dtype=columns.dtype)
    _col2im(columns.reshape(N, C, *kernel, rows, cols), stride, padding, out)
    return out


# --- pooling -----------------------------------------------------------------------------------


@njit(**SERIAL)
def _span(start: int, size: int, limit: int) -> tuple[int, int]:
    """Return the part of ``[start, start + size)`` that lies inside ``[0, limit)``."""
    return max(start, 0), min(start + size, limit)


@njit(**SERIAL)
def _max_pool_map(job: int, x: Array, size: int, step: int, padding: int, out: Array) -> None:
    """Pool one channel of one image."""
    n, c = job // x.shape[1], job % x.shape[1]
    for i in range(out.shape[2]):
        top, bottom = _span(i * step - padding, size, x.shape[2])
        for j in range(out.shape[3]):
            left, right = _span(j * step - padding, size, x.shape[3])
            best = x[n, c, top, left]
            for row in range(top, bottom):
                for column in range(left, right):
                    best = max(best, x[n, c, row, column])
            out[n, c, i, j] = best


@njit(**PARALLEL)
def _max_pool_maps(jobs: int, x: Array, size: int, step: int, padding: int, out: Array) -> None:
    """See `solutions.convolution.chapter.max_pool_forward`."""
    for job in prange(jobs):
        _max_pool_map(job, x, size, step, padding, out)


@njit(**SERIAL)
def _max_pool_dx(dy: Array, x: Array, size: int, step: int, padding: int, dx: Array) -> None:
    """See `solutions.convolution.chapter.max_pool_backward`."""
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(dy.shape[2]):
                top, bottom = _span(i * step - padding, size, x.shape[2])
                for j in range(dy.shape[3]):
                    left, right = _span(j * step - padding, size, x.shape[3])
                    best_row, best_column = top, left
                    for row in range(top, bottom):
                        for column in range(left, right):
                            if x[n, c, row, column] > x[n, c, best_row, best_column]:
                                best_row, best_column = row, column
                    dx[n, c, best_row, best_column] += dy[n, c, i, j]


@njit(**SERIAL)
def _avg_pool(x: Array, size: int, step: int, padding: int, out: Array) -> None:
    """See `solutions.convolution.chapter.avg_pool_forward`."""
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for i in range(out.shape[2]):
                top, bottom = _span(i * step - padding, size, x.shape[2])
                for j in range(out.shape[3]):
                    left, right = _span(j * step - padding, size, x.shape[3])
                    total = 0.0
                    for row in range(top, bottom):
                        for column in range(left, right):
                            total += x[n, c, row, column]
                    out[n, c, i, j] = total / ((bottom - top) * (right - left))


@njit(**SERIAL)
def _avg_pool_dx(dy: Array, size: int, step: int, padding: int, dx: Array) -> None:
    """See `solutions.convolution.chapter.avg_pool_backward`."""
    for n in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            for i in range(dy.shape[2]):
                top, bottom = _span(i * step - padding, size, dx.shape[2])
                for j in range(dy.shape[3]):
                    left, right = _span(j * step - padding, size, dx.shape[3])
                    share = dy[n, c, i, j] / ((bottom - top) * (right - left))
                    for row in range(top, bottom):
                        for column in range(left, right):
                            dx[n, c, row, column] += share


def _pooled_like(x: Array, size: int, step: int, padding: int) -> Array:
    rows, columns = (_fit(length, size, step, padding) for length in x.shape[2:])
    return np.empty((*x.shape[:2], rows, columns), dtype=x.dtype)


def max_pool_forward(x: Array, size: int, stride: int | None = None, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.max_pool_forward`."""
    (x,) = _ready(x)
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    work = out.size * size * size
    _run(_max_pool_map, _max_pool_maps, len(x) * x.shape[1], work, x, size, step, padding, out)
    return out


def max_pool_backward(
    dy: Array, x: Array, size: int, stride: int | None = None, padding: int = 0
) -> Array:
    """See `solutions.convolution.chapter.max_pool_backward`."""
    dy, x = _ready(dy, x)
    dx = np.zeros_like(x)
    _max_pool_dx(dy, x, size, stride or size, padding, dx)
    return dx


def avg_pool_forward(x: Array, size: int, stride: int | None = None, padding: int = 0) -> Array:
    """See `solutions.convolution.chapter.avg_pool_forward`."""
    (x,) = _ready(x)
    step = stride or size
    out = _pooled_like(x, size, step, padding)
    _avg_pool(x, size, step, padding, out)
    return out


def avg_pool_backward(
    dy: Array, x: Array, size: int, stride: int | None = None, padding: int = 0
) -> Array:
    """See `solutions.convolution.chapter.avg_pool_backward`."""
    (dy,) = _ready(dy)
    dx = np.zeros(x.shape, dtype=dy.dtype)
    _avg_pool_dx(dy, size, stride or size, padding, dx)
    return dx


def global_avg_pool(x: Array) -> Array:
    """See `solutions.convolution.chapter.global_avg_pool`."""
    (x,) = _ready(x)
    total = x.reshape(*x.shape[:2], -1).sum(axis=2, dtype=np.float64)
    mean: Array = total / (x.shape[2] * x.shape[3])
    return mean.astype(x.dtype)


# --- moving, resizing, normalising -------------------------------------------------------------


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


def translate(x: Array, down: int, right: int) -> Array:
    """See `solutions.convolution.chapter.translate`."""
    (x,) = _ready(x)
    out = np.zeros_like(x)
    _translate(x, down, right, out)
    return out


def equivariance_gap(f: Callable[[Array], Array], g: Callable[[Array], Array], x: Array) -> float:
    """See `solutions.convolution.chapter.equivariance_gap`."""
    one, other = np.asarray(f(g(x))), np.asarray(g(f(x)))
    return max(float(abs(a - b)) for a, b in zip(one.flat, other.flat, strict=True))


def upsample_nearest(x: Array, factor: int) -> Array:
    """See `solutions.convolution.chapter.upsample_nearest`."""
    N, C, H, W = x.shape
    out = np.empty((N, C, H, factor, W, factor), dtype=x.dtype)
    out[:] = x[:, :, :, None, :, None]
    blocks: Array = out.reshape(N, C, H * factor, W * factor)
    return blocks


@njit(**SERIAL)
def _segment(x: Array, w: Array, b: Array, out: Array) -> None:
    """Fill in the class probabilities of every pixel, at the size of the features."""
    for n in range(x.shape[0]):
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                scores = out[n, :, i, j]
                for k in range(w.shape[0]):
                    score = b[k] + 0.0
                    for c in range(w.shape[1]):
                        score += w[k, c] * x[n, c, i, j]
                    scores[k] = score
                top = scores.max()
                total = 0.0
                for k in range(w.shape[0]):
                    scores[k] = np.exp(scores[k] - top)
                    total += scores[k]
                for k in range(w.shape[0]):
                    scores[k] /= total


def segmentation_head(x: Array, w: Array, b: Array, factor: int = 1) -> Array:
    """See `solutions.convolution.chapter.segmentation_head`."""
    x, w, b = _ready(x, w, b)
    small = np.empty((len(x), len(w), *x.shape[2:]), dtype=x.dtype)
    _segment(x, w, b, small)
    return upsample_nearest(small, factor)


@njit(**SERIAL)
def _lrn_map(
    job: int, x: Array, half: int, alpha: float, beta: float, k: float, out: Array
) -> None:
    """Normalise one map of one image."""
    n, i = job // x.shape[1], job % x.shape[1]
    first, last = max(0, i - half), min(i + half, x.shape[1] - 1)
    for row in range(x.shape[2]):
        for column in range(x.shape[3]):
            energy = 0.0
            for j in range(first, last + 1):
                energy += x[n, j, row, column] ** 2
            out[n, i, row, column] = x[n, i, row, column] / (k + alpha * energy) ** beta


@njit(**PARALLEL)
def _lrn_maps(
    jobs: int, x: Array, half: int, alpha: float, beta: float, k: float, out: Array
) -> None:
    """See `solutions.convolution.chapter.local_response_norm`."""
    for job in prange(jobs):
        _lrn_map(job, x, half, alpha, beta, k, out)


def local_response_norm(
    x: Array, r: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0
) -> Array:
    """See `solutions.convolution.chapter.local_response_norm`."""
    (x,) = _ready(x)
    out = np.empty_like(x)
    args = r // 2, float(alpha), float(beta), float(k)
    _run(_lrn_map, _lrn_maps, len(x) * x.shape[1], x.size * r, x, *args, out)
    return out
