"""Losses with their gradients, term by term: squares, and cross-entropies from logits.

Each is a kernel of one thread and one of all, with the same bits: a loss is summed by stretches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, njit, prange
from reference.kernels.vector import (
    STRETCH,
    exp,
    jobs,
    largest,
    like,
    log,
    parts,
    relu,
    stretch,
    stretches,
    total,
)

__all__ = [
    "binary_parallel",
    "binary_serial",
    "entropy_parallel",
    "entropy_serial",
    "squares_parallel",
    "squares_serial",
]

Array = NDArray[Any]


def _squares(y: Array, t: Array, gap: Array) -> Any:
    """Fill the gaps y - t and return the sum of their squares."""
    sums = stretches(y)
    for job in prange(jobs(sums)):
        squares = np.empty(STRETCH, y.dtype)
        for part in range(*parts(job, sums)):
            first, last = stretch(part, y.size)
            said, true, some = y[first:last], t[first:last], gap[first:last]
            for i in range(said.size):
                away = said[i] - true[i]
                some[i] = away
                squares[i] = away * away
            sums[part] = total(squares[: said.size])
    return total(sums)


squares_serial = njit(**SERIAL)(_squares)
squares_parallel = njit(**PARALLEL)(_squares)


@njit(**SERIAL)
def _entropy_row(logits: Array, label: int, share: Any, slope: Array) -> Any:
    """Fill one row of slopes and return its loss."""
    top = largest(logits)
    for k in range(logits.size):
        slope[k] = exp(logits[k] - top)
    mass = total(slope)
    scale = share / mass
    for k in range(logits.size):
        slope[k] *= scale
    slope[label] -= share
    return log(mass) - (logits[label] - top)


def _entropy(logits: Array, labels: Array, share: Any, slope: Array) -> Any:
    """Fill the slopes and return the sum of the losses; a label of -1 counts for nothing."""
    losses = np.empty(labels.size, logits.dtype)
    for n in prange(labels.size):
        if labels[n] < 0:
            losses[n] = 0
            slope[n, :] = 0
        else:
            losses[n] = _entropy_row(logits[n], labels[n], share, slope[n])
    return total(losses)


entropy_serial = njit(**SERIAL)(_entropy)
entropy_parallel = njit(**PARALLEL)(_entropy)


def _binary(z: Array, t: Array, share: Any, slope: Array) -> Any:
    """Fill the slopes and return the sum of max(z, 0) - z t + log(1 + exp(-abs(z)))."""
    zero, one, sums = like(share, 0), like(share, 1), stretches(z)
    for job in prange(jobs(sums)):
        losses = np.empty(STRETCH, z.dtype)
        for part in range(*parts(job, sums)):
            first, last = stretch(part, z.size)
            x, y, down = z[first:last], t[first:last], slope[first:last]
            for i in range(x.size):
                small = exp(-abs(x[i]))
                mass = one + small
                chance = one / mass
                rest = log(mass) + (small - (mass - one)) * chance  # rounding took it from mass
                losses[i] = relu(x[i]) - x[i] * y[i] + rest
                down[i] = share * ((chance if x[i] >= zero else small * chance) - y[i])
            sums[part] = total(losses[: x.size])
    return total(sums)


binary_serial = njit(**SERIAL)(_binary)
binary_parallel = njit(**PARALLEL)(_binary)
