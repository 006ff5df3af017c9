"""Comparing what came with what was expected: structure, shape, dtype kind, then values.

The tolerance follows from the precision of the data and from how many terms a sum may have had.
What a `Difference` says never holds an expected value, except in its field `values`, which is shown
for public checks only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.values.nested import Array
from autograder.values.patterns import find_pattern, ordinal
from autograder.values.regular import Pattern
from autograder.values.sketch import Sketch

__all__ = ["Difference", "Noise", "Raised", "Tolerance", "Words", "compare", "equal", "tolerance"]

_KINDS = {"b": "bool", "i": "integer", "u": "integer", "f": "float", "c": "complex", "U": "text"}
_BARE = re.compile(r"(?:^|of )(?:step|call|draw) \d+$")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Raised:
    """Stands for the exception a call ended with, where a value was looked for."""

    type_name: str


@dataclass(frozen=True)
class Noise:
    """Stands for a wrong value that is rounding, blown up: no two machines give the same digits."""


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be off: ``atol + rtol * max|expected|``.

    Attributes
    ----------
    rtol, atol : float
    reason : str
        Where the figures come from, for the student.
    dtype : bool
        The exact dtype counts.
    """

    rtol: float
    atol: float
    reason: str
    dtype: bool = False

    def __str__(self) -> str:
        parts = [f"{self.rtol:.1e} of the largest value"] if self.rtol else []
        parts += [f"{self.atol:.1e}"] if self.atol > 1e-200 else []
        return " + ".join(parts) + f" ({self.reason})" if parts else "none: exact values asked"


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


def tolerance(
    expected: object,
    inputs: object = (),
    *,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: bool = False,
) -> Tolerance:
    """Derive the tolerance for `expected`, computed from `inputs`.

    The relative part is c·eps·sqrt(n): eps of the least precise float array involved, n the size of
    the largest one, c = 4096 for float64 and 64 for float32. `rtol` and `atol` override it.
    """
    if rtol is not None or atol is not None:
        return Tolerance(rtol or 0.0, atol or 0.0, "set for this check", dtype)
    arrays = [leaf for leaf in _leaves((expected, inputs)) if isinstance(leaf, np.ndarray)]
    single = any(leaf.dtype in (np.float32, np.complex64) for leaf in arrays)
    size = max([leaf.size for leaf in arrays], default=1)
    eps, factor = (2.0**-23, 64.0) if single else (2.0**-52, 4096.0)
    derived = factor * eps * math.sqrt(max(size, 1))
    name = "float32" if single else "float64"
    return Tolerance(
        derived, 1e-300, f"{name}, sums of up to {size} terms" if size > 1 else name, dtype
    )


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, tuple | list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    else:
        yield value


@dataclass(frozen=True)
class Words:
    """What a comparison calls the parts of a value.

    Attributes
    ----------
    names : tuple of str
        What the docstring calls the values returned, where there are several.
    symbols : tuple of str
        The shapes it promises, such as ``"N, C, H, W"``, one for each array returned.
    step : str
        What one item of a list is, such as ``"step"`` of a chain of calls; ``""``: an item.
    sizes : mapping of int to str
        Lengths at hand in the call, each with its name.
    inputs : mapping of str to object
        The arguments of the call by name.
    """

    names: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    step: str = ""
    sizes: Mapping[int, str] = field(default_factory=dict)
    inputs: Mapping[str, object] = field(default_factory=dict)


_QUICK = Words()
"""Stands for a comparison of which only the result counts."""


def equal(expected: object, actual: object, tol: Tolerance) -> bool:
    """Tell whether `actual` is `expected` within the tolerance."""
    return _compare(expected, actual, tol, "", (), _QUICK) is None


def compare(
    expected: object, actual: object, tol: Tolerance, words: Words | None = None
) -> Difference | None:
    """Return the first difference, or None.

    Parameters
    ----------
    expected, actual : nested tuples, lists and dicts of arrays, scalars, text
    tol : Tolerance
    words : Words, optional
    """
    words = words or Words()
    return _compare(expected, actual, tol, "", words.symbols, words)


def _compare(
    expected: object,
    actual: object,
    tol: Tolerance,
    path: str,
    symbols: tuple[str, ...],
    words: Words,
) -> Difference | None:
    if isinstance(expected, Raised) or isinstance(actual, Raised):
        return _compare_raised(expected, actual)
    if isinstance(expected, Noise) or isinstance(actual, Noise):
        return Difference("value", "no digits of it are known")
    if isinstance(expected, Sketch) or isinstance(actual, Sketch):
        return _compare_sketched(expected, actual, tol)
    if isinstance(expected, dict):
        return _compare_dicts(expected, actual, tol, path, words)
    if _named(expected, actual, words):
        return _compare_named(expected, actual, tol, path, words)
    if isinstance(expected, tuple | list):
        return _compare_sequences(expected, actual, tol, path, symbols, words)
    if expected is None or isinstance(expected, str):
        same = type(expected) is type(actual) and expected == actual
        return None if same else _unlike(expected, actual, path)
    if isinstance(actual, tuple | list | dict | str) or actual is None:
        return _unlike(expected, actual, path)
    return _compare_arrays(expected, actual, tol, path, symbols[0] if symbols else "", words)


def _compare_sketched(expected: Any, actual: Any, tol: Tolerance) -> Difference | None:
    kept, other = (expected, actual) if isinstance(expected, Sketch) else (actual, expected)
    same = kept.like(other, tol.rtol, tol.atol, tol.dtype)
    return None if same else Difference("value", "no more than a sketch of it is known")


def _named(expected: Any, actual: Any, words: Words) -> bool:
    """Whether these are the values that the docstring names."""
    several = isinstance(expected, tuple) and isinstance(actual, tuple | list)
    return several and len(expected) == len(actual) == len(words.names)


def _compare_named(
    expected: Any, actual: Any, tol: Tolerance, path: str, words: Words
) -> Difference | None:
    own = words.symbols if len(words.symbols) == len(words.names) else ("",) * len(words.names)
    parts = list(zip(words.names, expected, actual, own, strict=True))
    inside = _unnamed(words)
    for name, left, right, shape in parts:
        place = f"{name} of {path}" if path else f"returned {name}"
        found = _compare(left, right, tol, place, (shape,) if shape else (), inside)
        if found and words is not _QUICK:
            fine = [other for other, e, a, _ in parts if equal(e, a, tol)]
            told = f" ({' and '.join(fine)} {'is' if len(fine) == 1 else 'are'} right)"
            return replace(found, text=found.text + told) if fine else found
        if found:
            return found
    return None


def _compare_raised(expected: Any, actual: Any) -> Difference | None:
    if isinstance(expected, Raised) and isinstance(actual, Raised) and expected == actual:
        return None
    if isinstance(expected, Raised):
        text = f"expected {expected.type_name} to be raised, "
        text += f"got {actual.type_name}" if isinstance(actual, Raised) else "a value came back"
        return Difference("structure", text)
    return Difference("structure", f"{actual.type_name} was raised")


def _subject(path: str) -> str:
    return f"{_the(path)}: " if path else ""


def _the(path: str) -> str:
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


def _unlike(expected: object, actual: object, path: str) -> Difference:
    text = f"{_subject(path)}expected {_describe(expected)}, got {_describe(actual)}"
    if isinstance(expected, np.ndarray) and isinstance(actual, tuple | list):
        text += ": np.array(...) makes an array of it"
    if expected is None:
        text = f"{_subject(path)}expected None, got {_describe(actual)}"
    if isinstance(expected, str) and isinstance(actual, str):
        text = f"{_subject(path)}another word was expected"
        return Difference("value", text, f"expected {expected!r}, got {actual[:60]!r}")
    return Difference("structure", text)


def _compare_dicts(
    expected: dict[object, object],
    actual: object,
    tol: Tolerance,
    path: str,
    words: Words,
) -> Difference | None:
    if not isinstance(actual, dict):
        return _unlike(expected, actual, path)
    missing = [str(key) for key in expected if key not in actual]
    extra = [str(key)[:40] for key in actual if key not in expected]
    if missing or extra:
        text = f"{_subject(path)}expected the keys {', '.join(map(str, expected))}"
        text += f"; missing: {', '.join(missing)}" if missing else ""
        text += f"; not asked for: {', '.join(extra[:6])}" if extra else ""
        return Difference("structure", text)
    for key, item in expected.items():
        inner = f"entry {str(key)!r}" + (f" of {_the(path)}" if path else "")
        found = _compare(item, actual[key], tol, inner, (), _unnamed(words))
        if found:
            return found
    return None


def _compare_sequences(
    expected: Sequence[object],
    actual: object,
    tol: Tolerance,
    path: str,
    symbols: tuple[str, ...],
    words: Words,
) -> Difference | None:
    if isinstance(actual, np.ndarray) and actual.ndim and len(actual) == len(expected):
        actual = list(actual)  # a stacked array where a sequence is asked holds the same values
    if not isinstance(actual, tuple | list):
        return _unlike(expected, actual, path)
    if len(expected) != len(actual):
        text = f"{_subject(path)}expected {len(expected)} items, got {len(actual)}"
        return Difference("structure", text)
    chain = bool(words.step) and isinstance(expected, list)
    inside = replace(words, step="") if chain else _unnamed(words)
    for number, (left, right) in enumerate(zip(expected, actual, strict=True)):
        inner = _item(number, len(expected), path, words.step if chain else "")
        own = symbols[number : number + 1] if len(symbols) == len(expected) and not chain else ()
        found = _compare(left, right, tol, inner, own, inside)
        if found:
            return found if path else replace(found, item=number)
    return None


def _unnamed(words: Words) -> Words:
    """Leave out names that belong to a whole result."""
    return replace(words, names=(), step="") if words.names or words.step else words


def _item(number: int, count: int, path: str, step: str) -> str:
    if step:
        return f"{step} {number + 1}"
    name = _ORDINALS[number] if number < len(_ORDINALS) else ordinal(number + 1)
    return f"{name} of the {count} items" + (f" of {_the(path)}" if path else "")


def _compare_arrays(
    expected: object, actual: object, tol: Tolerance, path: str, symbols: str, words: Words
) -> Difference | None:
    e, a = np.asarray(expected), np.asarray(actual)
    scalars = e.ndim == 0 and a.ndim == 0
    if e.shape != a.shape:
        if words is _QUICK:
            return Difference("shape", "")
        return _shape_difference(e, a, path, symbols, words.sizes)
    kinds = e.dtype.kind.replace("u", "i"), a.dtype.kind.replace("u", "i")
    if kinds[0] != kinds[1] and not (scalars and _interchangeable(e, a)):
        text = (
            f"{_subject(path)}expected {_KINDS.get(kinds[0], e.dtype.name)} values, "
            f"got {_KINDS.get(kinds[1], a.dtype.name)} values"
        )
        return Difference("dtype", text)
    typed = isinstance(actual, np.generic) and isinstance(expected, np.ndarray | np.generic)
    if tol.dtype and e.dtype != a.dtype and (typed or not scalars):
        text = f"{_subject(path)}expected dtype {e.dtype}, got {a.dtype}"
        return Difference("dtype", text)
    wrong = _wrong(e, a, tol)
    if not wrong.any():
        return None
    if words is _QUICK:
        return Difference("value", "")
    axes = tuple(name.strip() for name in symbols.split(",")) if symbols else ()
    pattern = find_pattern(e, a, wrong, axes, words.sizes, words.inputs)
    return _value_difference(e, a, wrong, tol, path, pattern)


def _interchangeable(e: Array, a: Array) -> bool:
    """Scalars: an integer may stand for a float, and a bool for 0 or 1 the other way round not."""
    if e.dtype.kind == "f":
        return a.dtype.kind in "iu"
    if e.dtype.kind in "iu":
        return a.dtype.kind == "f" and bool(a == np.floor(a))
    if e.dtype.kind == "c":
        return a.dtype.kind in "fiu"
    return e.dtype.kind == "b" and a.dtype.kind in "iu" and int(a) in (0, 1)


def _wrong(e: Array, a: Array, tol: Tolerance) -> NDArray[np.bool_]:
    discrete = e.dtype.kind not in "fc" and a.dtype.kind not in "fc"
    if discrete and (tol.atol < 1.0 or e.dtype.kind == "b"):
        return np.asarray(e != a)
    wide = np.complex128 if "c" in (e.dtype.kind, a.dtype.kind) else np.float64
    with np.errstate(all="ignore"):
        e, a = e.astype(wide), a.astype(wide)
        finite = np.isfinite(e)
        scale = float(np.max(np.abs(e[finite]))) if finite.any() else 0.0
        near = np.abs(e - a) <= tol.atol + tol.rtol * scale
        same = (e == a) | (np.isnan(e) & np.isnan(a))
        return np.asarray(~np.where(finite, near, same))


def _shape_difference(
    e: Array, a: Array, path: str, symbols: str, sizes: Mapping[int, str]
) -> Difference:
    named = f"({symbols}) = " if symbols and len(symbols.split(",")) == e.ndim else ""
    text = f"{_subject(path)}expected shape {named}{e.shape}, got {a.shape}"
    if e.ndim == 0:
        text = f"{_subject(path)}expected a number, got an array of shape {a.shape}"
    elif a.ndim == 0:
        text = f"{_subject(path)}expected shape {named}{e.shape}, got a single number"
    return Difference("shape", text, pattern=find_pattern(e, a, sizes=sizes), expected=e, actual=a)


def _value_difference(
    e: Array,
    a: Array,
    wrong: NDArray[np.bool_],
    tol: Tolerance,
    path: str,
    pattern: Pattern | None,
) -> Difference:
    count, total = int(wrong.sum()), wrong.size
    if e.ndim == 0:
        text = f"{_subject(path)}the number is wrong" + _how_near(e, a, wrong, tol)
        asked, came = _pair(e, a)
        return Difference("value", text, f"expected {asked}, got {came}", "", pattern, e, a)
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    worst = _worst(e, a, wrong)
    share = "all" if count == total else f"{count} of {total}"
    text = f"{_subject(path)}{share} values are wrong" + _how_near(e, a, wrong, tol)
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
