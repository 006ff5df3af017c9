"""What is told of two values that differ.

It never holds an expected value, except in a field of its own, which public checks alone show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograder.values.nested import Array
from autograder.values.patterns import find_pattern
from autograder.values.regular import Pattern
from autograder.values.tolerance import Tolerance

__all__ = ["Difference", "shape_difference", "subject", "the_place", "unlike", "value_difference"]

_BARE = re.compile(r"(?:^|of )(?:step|call|draw) \d+$")


@dataclass(frozen=True)
class Difference:
    """The first thing that is wrong with a value.

    Attributes
    ----------
    kind : str
        ``"structure"``, ``"shape"``, ``"dtype"`` or ``"value"``.
    text : str
        What came against what was expected, without any expected value.
    values : str
        The same with numbers; for public checks only.
    where : str
        Where it is wrong.
    pattern : Pattern or None
        What the error looks like.
    expected, actual : ndarray or None
        The arrays that differ, for pictures.
    item : int or None
        Of several values, the one that differs.
    """

    kind: str
    text: str
    values: str = ""
    where: str = ""
    pattern: Pattern | None = None
    expected: Array | None = None
    actual: Array | None = None
    item: int | None = None


def subject(path: str) -> str:
    """Return the beginning of a sentence about a part of a value; of the whole none."""
    return f"{the_place(path)}: " if path else ""


def the_place(path: str) -> str:
    """Return a place with its article; ``step 3`` and ``h of step 3`` have none."""
    return path if _BARE.search(path) else f"the {path}"


def _describe(value: object) -> str:
    """Name the type and shape of a value, without its content."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict):
        return f"a dict with keys {', '.join(sorted(map(str, value)))[:120]}"
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, str):
        return "text"
    return "a number"


def unlike(expected: object, actual: object, path: str) -> Difference:
    """Tell of two values of different kinds."""
    text = f"{subject(path)}expected {_describe(expected)}, got {_describe(actual)}"
    if isinstance(expected, np.ndarray) and isinstance(actual, tuple | list):
        text += ": np.array(...) makes an array of it"
    if expected is None:
        text = f"{subject(path)}expected None, got {_describe(actual)}"
    if isinstance(expected, str) and isinstance(actual, str):
        text = f"{subject(path)}another word was expected"
        return Difference("value", text, f"expected {expected!r}, got {actual[:60]!r}")
    return Difference("structure", text)


def shape_difference(
    e: Array, a: Array, path: str, symbols: str, sizes: Mapping[int, str]
) -> Difference:
    """Tell of two arrays of different shapes; `symbols` is what the docstring promises."""
    named = f"({symbols}) = " if symbols and len(symbols.split(",")) == e.ndim else ""
    text = f"{subject(path)}expected shape {named}{e.shape}, got {a.shape}"
    if e.ndim == 0:
        text = f"{subject(path)}expected a number, got an array of shape {a.shape}"
    elif a.ndim == 0:
        text = f"{subject(path)}expected shape {named}{e.shape}, got a single number"
    return Difference("shape", text, pattern=find_pattern(e, a, sizes=sizes), expected=e, actual=a)


def value_difference(
    e: Array,
    a: Array,
    wrong: NDArray[np.bool_],
    tol: Tolerance,
    path: str,
    pattern: Pattern | None,
) -> Difference:
    """Tell of two arrays of one shape: how many entries are `wrong`, where, and by how much."""
    count, total = int(wrong.sum()), wrong.size
    if e.ndim == 0:
        text = f"{subject(path)}the number is wrong" + _how_near(e, a, wrong, tol)
        asked, came = _pair(e, a)
        return Difference("value", text, f"expected {asked}, got {came}", "", pattern, e, a)
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    worst = _worst(e, a, wrong)
    share = "all" if count == total else f"{count} of {total}"
    text = f"{subject(path)}{share} values are wrong" + _how_near(e, a, wrong, tol)
    asked, came = _pair(e[first], a[first])
    values = f"at {list(first)} expected {asked}, got {came}"
    if worst != first:
        asked, came = _pair(e[worst], a[worst])
        values += f"; worst at {list(worst)}: expected {asked}, got {came}"
    where = f"first at index {list(first)}" + (
        f", worst at {list(worst)}" if worst != first else ""
    )
    return Difference("value", text, values, where, pattern, e, a)


def _worst(e: Array, a: Array, wrong: NDArray[np.bool_]) -> tuple[int, ...]:
    with np.errstate(all="ignore"):
        gap = np.abs(e.astype(np.complex128) - a.astype(np.complex128))
    gap = np.where(wrong, np.where(np.isnan(gap), np.inf, gap), -1.0)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape))


def _how_near(e: Array, a: Array, wrong: NDArray[np.bool_], tol: Tolerance) -> str:
    """Say how near a nearly right result is, in units of the tolerance."""
    if e.dtype.kind not in "fc" or a.dtype.kind not in "fc":
        return ""
    if np.isnan(a[wrong]).any() and not np.isnan(e[wrong]).any():
        return ": there are NaNs"
    if np.isinf(a[wrong]).any() and not np.isinf(e[wrong]).any():
        return ": there are infinities"
    finite = np.isfinite(e) & np.isfinite(a)
    if not finite.any():
        return ""
    scale = float(np.max(np.abs(e[finite]))) or 1.0
    gap = float(np.max(np.abs(e[finite] - a[finite]))) / scale
    allowed = tol.rtol + tol.atol / scale
    if 0.0 < gap < 1e-3 and allowed > 0:
        return (
            f": off by {gap:.1e} of the largest value, {gap / allowed:,.0f} times what rounding "
            "explains"
        )
    return ""


def _pair(expected: object, actual: object) -> tuple[str, str]:
    """Return two numbers with as many digits as tell them apart."""
    e, a = np.asarray(expected).item(), np.asarray(actual).item()
    numbers = {type(e), type(a)} <= {int, float}
    if not numbers or (isinstance(e, int) and isinstance(a, int)):
        return _number(e), _number(a)
    for digits in range(6, 18):
        texts = f"{e:.{digits}g}", f"{a:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _number(scalar: object) -> str:
    return f"{scalar:.6g}" if isinstance(scalar, float) else str(scalar)
