"""What a regularity is, and when two arrays are one within rounding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.values.nested import Array

__all__ = ["RTOL", "Pattern", "factors", "multiple", "near", "times", "varies"]

RTOL = 1e-6


@dataclass(frozen=True)
class Pattern:
    """A regularity in the error.

    Attributes
    ----------
    name : str
        Such as ``"factor"`` or ``"shifted"``.
    text : str
        What the student reads.
    """

    name: str
    text: str


def varies(e: Array) -> bool:
    """Whether finite values differ by more than rounding."""
    finite = e[np.isfinite(e)]
    return finite.size > 1 and bool(np.ptp(finite) > RTOL * np.max(np.abs(finite)))


def near(e: Array, a: Array, slack: float = 0.0) -> bool:
    """Whether two arrays are one within rounding, `slack` of which stems from elsewhere."""
    if e.shape != a.shape or not e.size:
        return False
    finite = np.isfinite(e)
    if not np.array_equal(finite, np.isfinite(a)):
        return False
    scale = float(np.max(np.abs(e[finite]))) if finite.any() else 0.0
    return bool(np.all(np.abs(e[finite] - a[finite]) <= RTOL * scale + slack))


def multiple(e: Array, a: Array) -> float:
    """Return how many times `e` finite values `a` are, in least squares; 0.0 where none is known.

    The squares are those of numbers around one: far below it they would all be zero.
    """
    shift = -int(np.frexp(np.max(np.abs(e)))[1])
    unit = np.ldexp(e, shift)
    squares = float(np.sum(unit * unit))
    with np.errstate(over="ignore", invalid="ignore"):
        ratio = float(np.ldexp(np.sum(a * unit) / squares, shift)) if squares else 0.0
    return ratio if np.isfinite(ratio) else 0.0


def factors(sizes: Mapping[int, str], rates: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    """Yield factors a student can understand, each as the end of "everything is ..."."""
    for size, name in sizes.items():
        if size > 2:
            yield float(size), f"{size} times too large: is that {name}?"
            yield 1.0 / size, f"{size} times too small: is that {name}?"
    for value, told in ((2.0, "2"), (4.0, "4"), (3.0, "3"), (10.0, "10"), (1000.0, "1000")):
        yield value, f"{told} times too large"
        yield -value, f"{told} times too large and has the wrong sign"
        yield 1 / value, f"{told} times too small"
        yield -1 / value, f"{told} times too small and has the wrong sign"
    yield np.sqrt(2.0), "√2 times too large"
    yield np.sqrt(0.5), "√2 times too small"
    for name, rate in rates.items():
        if rate not in (0.0, 1.0, -1.0) and np.isfinite(rate):
            yield rate, f"too large by the factor {name}: is {name} in it once too often?"
            yield 1.0 / rate, f"right but for the factor {name}: is {name} missing?"
            if rate != 1.0 - rate:
                yield 1.0 - rate, f"(1 - {name}) times what it should be"
                yield 1.0 / (1.0 - rate), f"right but for the factor (1 - {name})"


def times(ratio: float, sizes: Mapping[int, str], rates: Mapping[str, float]) -> str:
    """Return what a student thinks of a factor, or ""."""
    return next((t for v, t in factors(sizes, rates) if abs(ratio - v) <= RTOL * abs(v)), "")
