"""Arrays as the kernels want them: one floating dtype, C-ordered, aligned, writable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DOUBLE", "FLAG", "SINGLE", "WHOLE", "common", "laid", "numbers", "ready"]

Array = NDArray[Any]

SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
WHOLE, FLAG = np.dtype(np.int64), np.dtype(np.bool_)


def numbers(value: Any, said: str) -> Array:
    """Return an array of real numbers; a TypeError that begins with `said` where it is none."""
    if value is None or isinstance(value, (str, bytes, np.ma.MaskedArray)):
        raise TypeError(f"{said}, got {'None' if value is None else type(value).__name__}")
    try:
        array = np.asarray(value)
    except ValueError:
        raise TypeError(f"{said}, got rows of different lengths") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{said}, got {array.dtype} instead of real numbers")
    return array


def common(arrays: Iterable[Array]) -> np.dtype[Any]:
    """Return float32 if all arrays are float32, else float64."""
    return SINGLE if all(array.dtype == SINGLE for array in arrays) else DOUBLE


class _Writable:
    """The memory of a read-only array, as one that could be written to: no kernel does.

    Numba would compile every kernel again for read-only arrays.
    """

    def __init__(self, array: Array) -> None:
        self.array = array
        place = array.__array_interface__
        self.__array_interface__ = {**place, "data": (place["data"][0], False)}


def laid(array: Array, dtype: np.dtype[Any]) -> Array:
    """Return the numbers as a plain array of this dtype, C-ordered, aligned and writable.

    Nothing is copied unless it must be.
    """
    array = np.asarray(array, dtype, order="C")
    if not array.flags.aligned:
        array = array.copy()
    return array if array.flags.writeable else np.asarray(_Writable(array))


def ready(*arrays: Any) -> list[Array]:
    """Return arrays in one dtype, float32 only if all are: for what has no contract."""
    given = [numbers(array, "expected an array") for array in arrays]
    dtype = common(given)
    return [laid(array, dtype) for array in given]
