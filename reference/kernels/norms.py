# mypy: allow-untyped-defs
"""Normalization along rows, as layer norm and RMS norm have it, and its gradients.

A row has all its numbers side by side; gradients of scale and shift are sums over a fixed number of
blocks of rows: 1 and N threads give the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, SMALL, njit, prange
from reference.kernels.vector import like, total

__all__ = ["by_rows", "row_gradients"]

Array = NDArray[Any]

BLOCKS = 64
"""Blocks of rows with a sum of their own, whatever the number of threads."""


@njit(**SERIAL)
def _row_mean_and_root(row, room, centred, eps):
    """Return the mean that is taken off (0 if nothing is), and one over the root."""
    size = like(eps, row.size)
    mean = total(row) / size if centred else like(eps, 0)
    for j in range(row.size):
        room[j] = (row[j] - mean) * (row[j] - mean)
    return mean, like(eps, 1) / np.sqrt(total(room) / size + eps)


def _scale_rows(x, gamma, beta, centred, eps, y):
    rows, width = x.shape
    size = (rows + BLOCKS - 1) // BLOCKS
    for block in prange(BLOCKS):
        room = np.empty(width, x.dtype)
        for n in range(block * size, min((block + 1) * size, rows)):
            mean, turned = _row_mean_and_root(x[n], room, centred, eps)
            for j in range(width):
                y[n, j] = (x[n, j] - mean) * turned * gamma[j] + beta[j]


_scale_rows_serial = njit(**SERIAL)(_scale_rows)
_scale_rows_parallel = njit(**PARALLEL)(_scale_rows)


def _row_gradients(dy, x, gamma, eps, dx, along, plain):
    """Fill dx, and for each block of rows the sums of dy times hat and of dy."""
    rows, width = x.shape
    size = (rows + BLOCKS - 1) // BLOCKS
    count = like(eps, width)
    for block in prange(BLOCKS):
        room = np.empty((3, width), x.dtype)
        hat, down, both = room[0], room[1], room[2]  # to unpack rows is slow
        sums, products = plain[block], along[block]
        for n in range(block * size, min((block + 1) * size, rows)):
            mean, turned = _row_mean_and_root(x[n], both, True, eps)
            for j in range(width):
                hat[j] = (x[n, j] - mean) * turned
                down[j] = dy[n, j] * gamma[j]
                both[j] = down[j] * hat[j]
            flat, slant = total(down) / count, total(both) / count
            for j in range(width):
                dx[n, j] = (down[j] - flat - hat[j] * slant) * turned
            for j in range(width):
                products[j] += dy[n, j] * hat[j]
                sums[j] += dy[n, j]


_row_gradients_serial = njit(**SERIAL)(_row_gradients)
_row_gradients_parallel = njit(**PARALLEL)(_row_gradients)


def by_rows(x: Array, gamma: Array, beta: Array, centred: bool, eps: float) -> Array:
    """Normalize each row of the last axis, about its mean if `centred`; scale and shift it."""
    y, width = np.empty_like(x), x.shape[-1]
    run = _scale_rows_serial if x.size < SMALL else _scale_rows_parallel
    run(x.reshape(-1, width), gamma, beta, centred, x.dtype.type(eps), y.reshape(-1, width))
    return y


def row_gradients(
    dy: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Return the gradients of centred `by_rows` with respect to x, scale and shift."""
    dx, width = np.empty_like(x), x.shape[-1]
    sums = np.zeros((2, BLOCKS, width), x.dtype)
    run = _row_gradients_serial if x.size < SMALL else _row_gradients_parallel
    flat = (part.reshape(-1, width) for part in (dy, x))
    run(*flat, gamma, x.dtype.type(eps), dx.reshape(-1, width), sums[0], sums[1])
    along, plain = sums.sum(axis=1, dtype=float).astype(x.dtype, copy=False)
    return dx, along, plain
