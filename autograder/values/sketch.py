"""What is kept of a value that is only ever asked whether another one is the same.

A record holds what hundreds of wrong variants give. None of it is shown, so of each value that is
not small there is what it is made of and two weighted sums of its numbers: two values that differ
beyond rounding have the same sums only by a chance of less than one in a million. (What a check
compares more loosely, statistics say, is not for this: sums are near by chance then.)
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.values.nested import Array, count_numbers, leaves

__all__ = ["Sketch", "sketched"]

KEPT_WHOLE = 6
"""Numbers up to which a value is kept as it is."""
_STEPS = np.array([[0.6180339887498949], [0.41421356237309515]])  # irrational: no two weights alike
_HEAVIEST = 1.5
_TAME = 1e30  # what diverges further, or is no number, is kept whole
_PACKED = struct.Struct("<IIIdff")


@dataclass(frozen=True)
class Sketch:
    """Stands for a nested value of finite numbers.

    Attributes
    ----------
    kinds, dtypes : int
        Checksums of how it is nested, with shapes and kinds, or with shapes and exact dtypes.
    count : int
        How many numbers there are; negative where all are whole.
    sums : tuple of float
        Of the numbers, each times a weight that its place gives it; the second in float32.
    largest : float
        The largest absolute value, in float32.
    """

    kinds: int
    dtypes: int
    count: int
    sums: tuple[float, float]
    largest: float

    @classmethod
    def of(cls, value: object) -> Sketch:
        """Sketch a value that holds at least one number."""
        numbers = np.concatenate([np.ravel(part) for part in _numbers(value)])
        whole = numbers.dtype.kind != "f"
        flat = numbers.astype(np.float64)
        weights = 0.5 + (_STEPS * np.arange(1, flat.size + 1)) % 1.0
        one, other = (weights @ flat).tolist()
        kinds, dtypes = (zlib.crc32("".join(_outline(value, exact)).encode()) for exact in (0, 1))
        return cls(kinds, dtypes, flat.size * (-1) ** whole, (one, other), float(abs(flat).max()))

    def like(self, value: object, rtol: float, atol: float, dtype: bool) -> bool:
        """Whether a value, or what was kept of one, is the same within ``atol + rtol * largest``.

        With `dtype` the exact dtypes count, else their kinds; whole numbers have to be equal.
        """
        other = value if isinstance(value, Sketch) else _whole_or_sketch(value, 0)
        if not isinstance(other, Sketch) or self.kinds != other.kinds:
            return False
        if dtype and self.dtypes != other.dtypes:
            return False
        largest = max(self.largest, other.largest)
        near = atol + rtol * largest if self.count > 0 else 0.0
        sure = _HEAVIEST * abs(self.count) * (near + 4 * 2.0**-52 * largest)
        apart = [abs(a - b) for a, b in zip(self.sums, other.sums, strict=True)]
        return apart[0] <= sure and apart[1] <= sure + 2.0**-22 * abs(self.sums[1])

    def packed(self) -> Array:
        """Return it as bytes."""
        whole = self.count < 0
        parts = self.kinds, self.dtypes, 2 * abs(self.count) + whole
        return np.frombuffer(_PACKED.pack(*parts, *self.sums, self.largest), np.uint8)

    @classmethod
    def unpacked(cls, data: Array) -> Sketch:
        """Return what `packed` packed."""
        kinds, dtypes, count, one, other, largest = _PACKED.unpack(data.tobytes())
        return cls(kinds, dtypes, count // 2 * (-1) ** (count % 2), (one, other), largest)


def sketched(value: object) -> object:
    """Return a sketch of a value, or the value itself where it is small or holds no number."""
    return _whole_or_sketch(value, KEPT_WHOLE)


def _whole_or_sketch(value: Any, small: int) -> object:
    plain = all(_plain(leaf) for leaf in leaves(value))
    if not plain or count_numbers(value) <= small:
        return value
    numbers = list(_numbers(value))
    tame = numbers and all(bool((np.abs(part) < _TAME).all()) for part in numbers if part.size)
    return Sketch.of(value) if tame and sum(part.size for part in numbers) > small else value


def _plain(leaf: object) -> bool:
    if isinstance(leaf, np.ndarray | np.generic):
        return leaf.dtype.kind in "biuf"
    return leaf is None or isinstance(leaf, bool | int | float | str)


def _numbers(value: object) -> Iterator[Array]:
    for leaf in leaves(value):
        if leaf is not None and not isinstance(leaf, str):
            yield np.asarray(leaf)


def _outline(value: object, exact: int) -> Iterator[str]:
    """Yield how a value is nested; scalars are alike, as a comparison takes them."""
    if isinstance(value, tuple | list):
        yield "("
        for item in value:
            yield from _outline(item, exact)
        yield ")"
    elif isinstance(value, dict):
        yield "{"
        for key, item in value.items():
            yield f"{key!r}:"
            yield from _outline(item, exact)
        yield "}"
    elif isinstance(value, np.ndarray) and value.ndim:
        yield f"{value.dtype.str if exact else value.dtype.kind.replace('u', 'i')}{value.shape}"
    else:
        yield repr(value) if value is None or isinstance(value, str) else "number"
