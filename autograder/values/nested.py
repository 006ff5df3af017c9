"""Nested values: what goes into a function and comes out of it, as a type, and walking them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Nested", "Value", "alike", "changed", "count_numbers", "each_item", "leaves"]

Array = NDArray[Any]
"""An array of whatever dtype: student code decides."""

Value: TypeAlias = (
    "Array | np.generic | complex | str | bytes | Sequence[Value] | Mapping[str, Value] | None"
)
"""What a function takes and gives: leaves in tuples, lists and dicts, however deep."""
Nested = TypeVar("Nested")
"""A nested value that comes back with other leaves."""
_SEQUENCES = (tuple, list)
_NESTING = (tuple, list, dict)  # a union made anew for each value would take longer than the rest


def each_item(value: Nested, change: Callable[[object], object]) -> Nested:
    """Return a tuple, list or dict with each of its items changed; anything else as it is."""
    if isinstance(value, _SEQUENCES):
        return cast(Nested, type(value)(map(change, value)))
    if isinstance(value, dict):
        return cast(Nested, {key: change(item) for key, item in value.items()})
    return value


def changed(value: Nested, change: Callable[[Any], object]) -> Nested:
    """Return a nested value with each leaf changed: what is no tuple, list or dict."""
    if not isinstance(value, _NESTING):
        return cast(Nested, change(value))
    if isinstance(value, dict):
        return cast(Nested, {key: changed(item, change) for key, item in value.items()})
    return cast(Nested, type(value)([changed(item, change) for item in value]))


def leaves(value: object) -> Iterator[object]:
    """Return the leaves of a nested value, in their order."""
    found: list[object] = []
    _gather(value, found)
    return iter(found)


def _gather(value: object, found: list[object]) -> None:
    if not isinstance(value, _NESTING):
        found.append(value)
        return
    for item in value.values() if isinstance(value, dict) else value:
        _gather(item, found)


def count_numbers(value: object) -> int:
    """Count the numbers of a nested value: the entries of arrays, and each other leaf as one."""
    return sum(leaf.size if isinstance(leaf, np.ndarray) else 1 for leaf in leaves(value))


def alike(left: object, right: object, same: Callable[[object, object], bool]) -> bool:
    """Whether two values are nested alike (a tuple as a list) and all pairs of leaves the same."""
    if isinstance(left, _SEQUENCES) and isinstance(right, _SEQUENCES):
        return len(left) == len(right) and all(alike(a, b, same) for a, b in zip(left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[k], right[k], same) for k in left)
    one_nested = isinstance(left, _NESTING) or isinstance(right, _NESTING)
    return not one_nested and same(left, right)
