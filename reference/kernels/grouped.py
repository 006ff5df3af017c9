# mypy: allow-untyped-defs
"""Convolution in groups: as many layers beside each other, each with its own channels and kernels.

Groups lie one after another in memory, in images, kernels and maps alike: a group of an image is an
image for itself, and a job takes some of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import PARALLEL, SERIAL, njit, prange
from reference.contracts import fit
from reference.kernels.conv2d import conv_images, windows
from reference.kernels.gemm import tiles
from reference.kernels.shapes import share

__all__ = ["FEW", "convolve"]

Array = NDArray[Any]

FEW = 16
"""Channels of a group up to which groups are taken together; with more, each is a whole layer."""


@njit(**SERIAL)
def _some_groups(first, last, tile, x, w, b, taps, stride, padding, phase, out):
    """See `solutions.convolution.chapter.grouped_conv2d`."""
    for job in range(first, last):
        g, here = job % w.shape[0], slice(job, job + 1)
        conv_images(tile, x[here], w[g], b[g], taps, stride, padding, phase, out[here])


@njit(**PARALLEL)
def _all_groups(jobs, groups, tile, x, w, b, taps, stride, padding, phase, out):
    """See `_some_groups`."""
    for job in prange(jobs):
        first, last = job * groups // jobs, (job + 1) * groups // jobs
        _some_groups(first, last, tile, x, w, b, taps, stride, padding, phase, out)


def convolve(x: Array, w: Array, b: Array, groups: int, stride: int, padding: int) -> Array:
    """Return the maps."""
    (N, _, H, W), (F, D, KH, KW) = x.shape, w.shape
    rows, columns = fit(H, KH, stride, padding), fit(W, KW, stride, padding)
    out, each = np.empty((N, F, rows, columns), x.dtype), F // groups
    at = windows((D, H, W), (KH, KW), stride, padding, 1)
    parts = x.reshape(N * groups, D, H, W), w.reshape(groups, -1), b.reshape(groups, each)
    where = at.taps, stride, padding, at.phase
    share(_some_groups, _all_groups, N * groups, out.size * w[0].size, tiles(x.dtype), *parts,
          *where, out.reshape(N * groups, each, rows, columns))  # fmt: skip
    return out
