"""Comparing what came with what was expected: structure, shape, dtype kind, then values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.values.difference import (
    Difference,
    shape_difference,
    subject,
    the_place,
    unlike,
    value_difference,
)
from autograder.values.nested import Array
from autograder.values.patterns import find_pattern, ordinal
from autograder.values.sketch import Sketch
from autograder.values.tolerance import Tolerance

__all__ = ["Noise", "Raised", "Words", "compare", "equal"]

_KINDS = {"b": "bool", "i": "integer", "u": "integer", "f": "float", "c": "complex", "U": "text"}
_SEQUENCES, _NO_ARRAY = (tuple, list), (tuple, list, dict, str)
_NUMPY = (np.ndarray, np.generic)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Raised:
    """Stands for the exception a call ended with, where a value was looked for."""

    type_name: str


@dataclass(frozen=True)
class Noise:
    """Stands for a wrong value that is rounding, blown up: no two machines give the same digits."""


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
    if type(expected) is np.ndarray and type(actual) is np.ndarray:  # the most frequent first
        return _compare_arrays(expected, actual, tol, path, symbols[0] if symbols else "", words)
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
    if isinstance(expected, _SEQUENCES):
        return _compare_sequences(expected, actual, tol, path, symbols, words)
    if expected is None or isinstance(expected, str):
        same = type(expected) is type(actual) and expected == actual
        return None if same else unlike(expected, actual, path)
    if isinstance(actual, _NO_ARRAY) or actual is None:
        return unlike(expected, actual, path)
    return _compare_arrays(expected, actual, tol, path, symbols[0] if symbols else "", words)


def _compare_sketched(expected: Any, actual: Any, tol: Tolerance) -> Difference | None:
    kept, other = (expected, actual) if isinstance(expected, Sketch) else (actual, expected)
    same = kept.like(other, tol.rtol, tol.atol, tol.dtype)
    return None if same else Difference("value", "no more than a sketch of it is known")


def _named(expected: Any, actual: Any, words: Words) -> bool:
    """Whether these are the values that the docstring names."""
    several = isinstance(expected, tuple) and isinstance(actual, _SEQUENCES)
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


def _compare_dicts(
    expected: dict[object, object],
    actual: object,
    tol: Tolerance,
    path: str,
    words: Words,
) -> Difference | None:
    if not isinstance(actual, dict):
        return unlike(expected, actual, path)
    missing = [str(key) for key in expected if key not in actual]
    extra = [str(key)[:40] for key in actual if key not in expected]
    if missing or extra:
        text = f"{subject(path)}expected the keys {', '.join(map(str, expected))}"
        text += f"; missing: {', '.join(missing)}" if missing else ""
        text += f"; not asked for: {', '.join(extra[:6])}" if extra else ""
        return Difference("structure", text)
    for key, item in expected.items():
        inner = f"entry {str(key)!r}" + (f" of {the_place(path)}" if path else "")
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
    if not isinstance(actual, _SEQUENCES):
        return unlike(expected, actual, path)
    if len(expected) != len(actual):
        text = f"{subject(path)}expected {len(expected)} items, got {len(actual)}"
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
    return f"{name} of the {count} items" + (f" of {the_place(path)}" if path else "")


def _compare_arrays(
    expected: object, actual: object, tol: Tolerance, path: str, symbols: str, words: Words
) -> Difference | None:
    if type(expected) is float and type(actual) is float:  # an array made of each takes longer
        near = abs(expected - actual) <= tol.atol + tol.rtol * abs(expected) < math.inf
        if near:
            return None
    e, a = np.asarray(expected), np.asarray(actual)
    scalars = e.ndim == 0 and a.ndim == 0
    if e.shape != a.shape:
        if words is _QUICK:
            return Difference("shape", "")
        return shape_difference(e, a, path, symbols, words.sizes)
    kinds = e.dtype.kind.replace("u", "i"), a.dtype.kind.replace("u", "i")
    if kinds[0] != kinds[1] and not (scalars and _interchangeable(e, a)):
        text = (
            f"{subject(path)}expected {_KINDS.get(kinds[0], e.dtype.name)} values, "
            f"got {_KINDS.get(kinds[1], a.dtype.name)} values"
        )
        return Difference("dtype", text)
    typed = isinstance(actual, np.generic) and isinstance(expected, _NUMPY)
    if tol.dtype and e.dtype != a.dtype and (typed or not scalars):
        text = f"{subject(path)}expected dtype {e.dtype}, got {a.dtype}"
        return Difference("dtype", text)
    wrong = _wrong(e, a, tol)
    if not wrong.any():
        return None
    if words is _QUICK:
        return Difference("value", "")
    axes = tuple(name.strip() for name in symbols.split(",")) if symbols else ()
    pattern = find_pattern(e, a, wrong, axes, words.sizes, words.inputs)
    return value_difference(e, a, wrong, tol, path, pattern)


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
        e, a = e.astype(wide, copy=False), a.astype(wide, copy=False)
        largest = float(np.abs(e).max()) if e.size else 0.0
        if math.isfinite(largest):  # all of it
            return np.asarray(~(np.abs(e - a) <= tol.atol + tol.rtol * largest))
        finite = np.isfinite(e)
        scale = float(np.max(np.abs(e[finite]))) if finite.any() else 0.0
        near = np.abs(e - a) <= tol.atol + tol.rtol * scale
        same = (e == a) | (np.isnan(e) & np.isnan(a))
        return np.asarray(~np.where(finite, near, same))
