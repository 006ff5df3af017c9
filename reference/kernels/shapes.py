"""What the wrappers of layers over images need: arrays of one dtype, sizes, places, threads."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.compiler.jit import SMALL

__all__ = ["Back", "back", "share"]

Array = NDArray[Any]
Table = NDArray[np.int64]


JOBS = 32
"""Jobs that maps or images are shared among, at most: to start one costs as much as a small map."""


def share(serial: Any, parallel: Any, count: int, work: int, *args: Any) -> Any:
    """Do `count` maps or images of so many numbers: with all threads, where that pays.

    That is ``serial(first, last, *args)``, and ``parallel(jobs, count, *args)``, which calls it.
    """
    if work < SMALL:
        return serial(0, count, *args)
    return parallel(min(count, JOBS), count, *args)


class Back(NamedTuple):
    """Where the windows are that met an input's pixel, in the gradient of an output.

    Pixel (y, x) of the input and tap (u, v) met in a window if the stride divides the distance
    ``(y + padding - u * dilation, x + padding - v * dilation)``: pixels that leave the same rest
    (they are a phase) meet the same taps. The number is found at the sum of two places::

        (y + padding) // stride * wide + (x + padding) // stride,  and that of the tap
    """

    border: tuple[int, int]  # lines and columns of the gradient with zeros around it
    margin: tuple[int, int]  # of these, the ones above and left
    taps: Table  # (kernel, u, v) by phase: the place, and the number in an array of all of them
    ends: Table  # where in `taps` each phase ends


@functools.lru_cache(maxsize=256)
def back(
    image: tuple[int, int], kernel: tuple[int, int, int], stride: int, padding: int, dilation: int
) -> Back:
    """Return these places for a layer with such images, and (how many, high, wide) kernels."""
    F, KH, KW = kernel
    margins, sizes = [], []
    for size, width in zip(image, (KH, KW)):
        reach = (width - 1) * dilation // stride
        spare = min(padding // stride, reach)  # zeros that only pixels beside the image would meet
        margins.append(reach - spare)
        sizes.append(-(-(size + 2 * padding) // stride) + reach - 2 * spare)
    (down, right), (high, wide) = margins, sizes
    f, u, v = np.ix_(np.arange(F), np.arange(KH) * dilation, np.arange(KW) * dilation)
    place = ((f * high + down - u // stride) * wide + right - v // stride).ravel()
    phase = np.broadcast_to(u % stride * stride + v % stride, (F, KH, KW)).ravel()
    order = np.argsort(phase, kind="stable")
    ends = np.searchsorted(phase[order], np.arange(stride * stride), side="right")
    return Back((high, wide), (down, right), np.stack([place[order], order]), ends)
