"""What a wrong array looks like: a factor, a swap, a shift, or a place where it goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pattern", "find_pattern"]

Array = NDArray[Any]
_RTOL = 1e-6


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


def find_pattern(
    expected: Array, actual: Array, wrong: NDArray[np.bool_] | None = None
) -> Pattern | None:
    """Return the most telling regularity of the error, or None."""
    if expected.dtype.kind not in "biuf" or actual.dtype.kind not in "biuf":
        return None
    e, a = expected.astype(np.float64), actual.astype(np.float64)
    if e.shape != a.shape:
        return _axes(e, a)
    for look in (_special, _factor, _offset, _axes, _order, _shift):
        found = look(e, a)
        if found:
            return found
    return (_place(wrong) or _stuck(a, wrong)) if wrong is not None else None


def _near(e: Array, a: Array) -> bool:
    if e.shape != a.shape or not e.size:
        return False
    finite = np.isfinite(e)
    if not np.array_equal(finite, np.isfinite(a)):
        return False
    scale = float(np.max(np.abs(e[finite]))) if finite.any() else 0.0
    return bool(np.all(np.abs(e[finite] - a[finite]) <= _RTOL * scale))


def _special(e: Array, a: Array) -> Pattern | None:
    if a.size > 1 and not np.any(a) and np.any(e):
        return Pattern("zeros", "every value you return is zero")
    if a.size > 2 and np.all(a == a.flat[0]) and not np.all(e == e.flat[0]):
        return Pattern("constant", "every value you return is the same")
    return None


def _factors(shape: tuple[int, ...]) -> Iterator[tuple[float, str]]:
    yield -1.0, "the sign is flipped everywhere"
    for value, name in ((2.0, "2"), (4.0, "4"), (3.0, "3"), (10.0, "10"), (1000.0, "1000")):
        yield value, f"everything is {name} times too large"
        yield -value, f"everything is {name} times too large and has the wrong sign"
        yield 1 / value, f"everything is {name} times too small"
        yield -1 / value, f"everything is {name} times too small and has the wrong sign"
    yield np.sqrt(2.0), "everything is √2 times too large"
    yield np.sqrt(0.5), "everything is √2 times too small"
    sizes = {size: f"{size}, the length of axis {axis}" for axis, size in enumerate(shape)}
    if len(shape) > 1:
        sizes[int(np.prod(shape))] = f"{int(np.prod(shape))}, the number of values"
    for size, name in sizes.items():
        if size > 1:
            yield float(size), f"everything is too large by the factor {name}"
            yield 1.0 / size, f"everything is too small by the factor {name}"


def _factor(e: Array, a: Array) -> Pattern | None:
    if e.ndim == 0 and e == np.round(e) and abs(e) < 10:
        return None  # small whole numbers are multiples of each other by chance
    if not np.any(e) or not np.all(np.isfinite(e)) or not np.all(np.isfinite(a)):
        return None
    ratio = float(np.sum(a * e) / np.sum(e * e))
    if ratio == 0.0 or not _near(ratio * e, a):
        return None
    for value, text in _factors(e.shape):
        if abs(ratio - value) <= _RTOL * abs(value):
            return Pattern("factor", text)
    return (
        Pattern("factor", f"everything is {ratio:.4g} times what it should be")
        if e.size > 2 and np.any(e != np.round(e))  # whole numbers: more likely by chance
        else None
    )


def _offset(e: Array, a: Array) -> Pattern | None:
    if e.size < 3 or not np.all(np.isfinite(e)) or not np.all(np.isfinite(a)):
        return None
    gap = a - e
    shift = float(np.mean(gap))
    if np.all(np.abs(gap - shift) <= _RTOL * max(float(np.max(np.abs(e))), abs(shift))):
        return Pattern("offset", "everything is off by the same amount")
    return None


def _axes(e: Array, a: Array) -> Pattern | None:
    if e.ndim != a.ndim or not 2 <= e.ndim <= 5 or sorted(e.shape) != sorted(a.shape):
        return None
    for order in permutations(range(e.ndim)):
        if order != tuple(range(e.ndim)) and _near(e.transpose(order), a):
            if e.ndim == 2:
                return Pattern("transposed", "this is the transpose of what is asked")
            *moved, last = [str(i) for i, j in enumerate(order) if i != j]
            named = f"{', '.join(moved)} and {last}"
            return Pattern("axes", f"the values are right, axes {named} are mixed up")
    return None


def _order(e: Array, a: Array) -> Pattern | None:
    if e.size < 3:
        return None
    for axis in range(e.ndim):
        if e.shape[axis] > 1 and _near(np.flip(e, axis), a):
            return Pattern("reversed", f"the order along axis {axis} is reversed")
    if _near(np.sort(e, axis=None), np.sort(a, axis=None)):
        return Pattern("permuted", "the right values stand in the wrong places")
    return None


def _shift(e: Array, a: Array) -> Pattern | None:
    for axis in range(e.ndim):
        if e.shape[axis] < 4:
            continue
        head = np.take(e, range(e.shape[axis] - 1), axis)
        tail = np.take(e, range(1, e.shape[axis]), axis)
        if _near(head, np.take(a, range(1, e.shape[axis]), axis)):
            return Pattern("shifted", f"the values come one step late along axis {axis}")
        if _near(tail, np.take(a, range(e.shape[axis] - 1), axis)):
            return Pattern("shifted", f"the values come one step early along axis {axis}")
    return None


def _stuck(a: Array, wrong: NDArray[np.bool_]) -> Pattern | None:
    """Say that all wrong values are one and the same."""
    values = a[wrong]
    if values.size < 3 or wrong.all() or not np.all(values == values[0]):
        return None
    return Pattern("stuck", f"you return {values[0]:.6g} wherever it is wrong")


_Place = Callable[[NDArray[np.bool_]], Pattern | None]


def _place(wrong: NDArray[np.bool_]) -> Pattern | None:
    """Say where the errors are, if they are all in one telling place."""
    if wrong.all() or wrong.ndim == 0 or (wrong.ndim > 1 and np.count_nonzero(wrong) == 1):
        return None
    for axis in range(wrong.ndim):
        length = wrong.shape[axis]
        lines = np.flatnonzero(wrong.any(axis=tuple(k for k in range(wrong.ndim) if k != axis)))
        if length > 2 and len(lines) == 1:
            place = {0: "first", length - 1: "last"}.get(int(lines[0]), f"{int(lines[0])}th")
            return Pattern("place", f"only the {place} entry along axis {axis} is wrong")
        if length > 3 and len(lines) > 1 and lines[0] == 1 and len(lines) == length - 1:
            return Pattern("place", f"along axis {axis} only the first entry is right")
    if wrong.ndim >= 2 and min(wrong.shape[-2:]) > 2:
        inner = wrong[..., 1:-1, 1:-1]
        if not inner.any():
            return Pattern("border", "only the border is wrong; the inside is right")
    return None
