"""What a wrong array looks like: a factor, a swap, a shift, or a place where it goes wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from autograder.values.nested import Array
from autograder.values.regular import RTOL, Pattern, multiple, near, times, varies
from autograder.values.relations import find_relation, find_sum

__all__ = ["Pattern", "find_pattern", "ordinal"]

_PLANES = ("HW", "RS", "UV")
"""What docstrings call the rows and columns of an image or a map."""


def find_pattern(
    expected: Array,
    actual: Array,
    wrong: NDArray[np.bool_] | None = None,
    axes: Sequence[str] = (),
    sizes: Mapping[int, str] = MappingProxyType({}),
    inputs: Mapping[str, object] = MappingProxyType({}),
) -> Pattern | None:
    """Return the most telling regularity of the error, or None.

    A regularity is told only where it could have been otherwise: a factor of values that differ, a
    wrong place beside right ones that were not trivial.

    Parameters
    ----------
    expected, actual : ndarray
    wrong : ndarray of bool, optional
        Where they differ.
    axes : sequence of str
        What the docstring calls the axes, such as ``("N", "C", "H", "W")``; empty: nothing.
    sizes : mapping of int to str
        Lengths at hand in the call, each with its name.
    inputs : mapping of str to object
        The arguments of the call by name.
    """
    if expected.dtype.kind not in "biuf" or actual.dtype.kind not in "biuf":
        return None
    e, a = expected.astype(np.float64), actual.astype(np.float64)
    if e.shape != a.shape:
        return _axes(e, a) or find_sum(e, a, sizes)
    if near(e, a):
        return _tiny(expected, actual)
    rates = {name: float(x) for name, x in inputs.items() if isinstance(x, float | np.floating)}
    named = [f"the axis {name}" for name in axes] if len(axes) == e.ndim else []
    named = named or [f"axis {axis}" for axis in range(e.ndim)]
    found = _special(e, a) or _factor(e, a, sizes, rates) or _offset(e, a) or _axes(e, a)
    found = found or _order(e, a, named) or _shift(e, a, named)
    found = found or find_relation(expected, actual, inputs, sizes)
    if found or wrong is None:
        return found
    return (
        _some(e, a, wrong, sizes, rates)
        or _place(e, wrong, named)
        or _border(e, wrong, axes)
        or _stuck(a, wrong)
    )


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th`` … of a number from 1."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def _tiny(expected: Array, actual: Array) -> Pattern | None:
    """Say where an error may come from that is far smaller than any other regularity's."""
    if expected.dtype != np.float64 or actual.dtype != np.float64:
        return None
    told = "something tiny is added that is not asked (an epsilon?), or float32 is on the way"
    return Pattern("tiny", told)


def _special(e: Array, a: Array) -> Pattern | None:
    if a.size > 1 and not np.any(a) and np.any(e):
        return Pattern("zeros", "every value you return is zero")
    if a.size > 2 and np.all(a == a.flat[0]) and varies(e):
        return Pattern("constant", "every value you return is the same")
    return None


def _factor(
    e: Array, a: Array, sizes: Mapping[int, str], rates: Mapping[str, float]
) -> Pattern | None:
    if e.size == 1 and np.all((e == np.round(e)) & (np.abs(e) < 10)):
        return None  # small whole numbers are multiples of each other by chance
    if not np.any(e) or not np.all(np.isfinite(e)) or not np.all(np.isfinite(a)):
        return None
    if e.size > 1 and np.count_nonzero(e) < 2:
        return None  # one number is a multiple of any other
    ratio = multiple(e, a)
    if ratio == 0.0 or not near(ratio * e, a):
        return None
    if abs(ratio + 1) <= RTOL:
        return Pattern("factor", "the sign is flipped everywhere")
    own = {int(e.size): "the number of values"} if e.size > 2 else {}
    known = times(ratio, {**own, **sizes}, rates)
    if known:
        return Pattern("factor", f"everything is {known}")
    told = f"{ratio:.4g}"
    if e.size < 3 or not varies(e) or not np.any(e != np.round(e)) or told == "1":
        return None  # one number again and again, whole numbers: more likely by chance
    return Pattern("factor", f"everything is {told} times what it should be")


def _offset(e: Array, a: Array) -> Pattern | None:
    if e.size < 4 or not varies(e):
        return None
    if not np.all(np.isfinite(e)) or not np.all(np.isfinite(a)):
        return None
    gap = a - e
    shift = float(np.mean(gap))
    if np.all(np.abs(gap - shift) <= RTOL * max(float(np.max(np.abs(e))), abs(shift))):
        return Pattern("offset", "everything is off by the same amount")
    return None


def _axes(e: Array, a: Array) -> Pattern | None:
    if e.ndim != a.ndim or not 2 <= e.ndim <= 5 or sorted(e.shape) != sorted(a.shape):
        return None
    for order in permutations(range(e.ndim)):
        if order != tuple(range(e.ndim)) and near(e.transpose(order), a):
            if e.ndim == 2:
                return Pattern("transposed", "this is the transpose of what is asked")
            *moved, last = [str(i) for i, j in enumerate(order) if i != j]
            named = f"{', '.join(moved)} and {last}"
            return Pattern("axes", f"the values are right, axes {named} are mixed up")
    return None


def _order(e: Array, a: Array, named: Sequence[str]) -> Pattern | None:
    if len(np.unique(e)) < 3:
        return None  # zeros and ones stand in some order by chance
    for axis in range(e.ndim):
        if e.shape[axis] > 2 and near(np.flip(e, axis), a):
            return Pattern("reversed", f"the order along {named[axis]} is reversed")
    if near(np.sort(e, axis=None), np.sort(a, axis=None)):
        return Pattern("permuted", "the right values stand in the wrong places")
    return None


def _shift(e: Array, a: Array, named: Sequence[str]) -> Pattern | None:
    for axis in range(e.ndim):
        if e.shape[axis] < 4:
            continue
        head = np.take(e, range(e.shape[axis] - 1), axis)
        tail = np.take(e, range(1, e.shape[axis]), axis)
        if varies(head) and near(head, np.take(a, range(1, e.shape[axis]), axis)):
            return Pattern("shifted", f"the values come one step late along {named[axis]}")
        if varies(tail) and near(tail, np.take(a, range(e.shape[axis] - 1), axis)):
            return Pattern("shifted", f"the values come one step early along {named[axis]}")
    return None


def _some(
    e: Array,
    a: Array,
    wrong: NDArray[np.bool_],
    sizes: Mapping[int, str],
    rates: Mapping[str, float],
) -> Pattern | None:
    """Say that the wrong values, and only they, are a multiple of the right ones."""
    asked, came = e[wrong], a[wrong]
    finite = bool(np.all(np.isfinite(came)) and np.all(np.isfinite(asked)))
    if wrong.all() or asked.size < 3 or not finite or not varies(asked):
        return None
    if not np.any(asked != np.round(asked)) or np.count_nonzero(e[~wrong]) < 1:
        return None
    ratio = multiple(asked, came)
    if ratio == 0.0 or not near(ratio * asked, came):
        return None
    if abs(ratio + 1) <= RTOL:
        return Pattern("some", "the wrong values have the wrong sign, the others are right")
    known = times(ratio, sizes, rates)
    return Pattern("some", f"the wrong values are {known}, the others are right") if known else None


def _stuck(a: Array, wrong: NDArray[np.bool_]) -> Pattern | None:
    """Say that all wrong values are one and the same."""
    values = a[wrong]
    if values.size < 3 or wrong.all() or not np.all(values == values[0]):
        return None
    return Pattern("stuck", f"you return {values[0]:.6g} wherever it is wrong")


def _place(e: Array, wrong: NDArray[np.bool_], named: Sequence[str]) -> Pattern | None:
    """Say where the errors are, if they are all in one telling place."""
    if wrong.all() or wrong.ndim == 0 or (wrong.ndim > 1 and np.count_nonzero(wrong) == 1):
        return None
    if np.count_nonzero(e[~wrong]) < 2:
        return None  # what is right there could hardly have been wrong
    for axis in range(wrong.ndim):
        length = wrong.shape[axis]
        lines = np.flatnonzero(wrong.any(axis=tuple(k for k in range(wrong.ndim) if k != axis)))
        along = "" if wrong.ndim == 1 else f" along {named[axis]}"
        if length > 2 and len(lines) == 1:
            line = int(lines[0])
            place = {0: "first", length - 1: "last"}.get(line, ordinal(line + 1))
            return Pattern("place", f"only the {place} entry{along} is wrong")
        if length > 3 and len(lines) > 1 and lines[0] == 1 and len(lines) == length - 1:
            return Pattern("place", f"only the first entry{along} is right")
    return None


def _border(e: Array, wrong: NDArray[np.bool_], axes: Sequence[str]) -> Pattern | None:
    """Say that only an image's border is wrong: other axes have none."""
    if len(axes) != wrong.ndim or "".join(name.lstrip("O") for name in axes[-2:]) not in _PLANES:
        return None
    inner = (..., slice(1, -1), slice(1, -1))
    if min(wrong.shape[-2:]) < 3 or wrong[inner].any() or not wrong.any():
        return None
    if np.count_nonzero(e[inner]) < 2:
        return None
    return Pattern("border", "only the border is wrong; the inside is right")
