"""The truth of a float32 case: computed in float64, and rounded to what the worked solution gives.

A kernel is compiled anew for each dtype. Compiling is most of what the first submission to a topic
waits for; so the kernels of float64 answer for both, and more exactly than those of float32 would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.values.nested import Array, Value, alike, changed, leaves

__all__ = ["widened"]

_DOUBLE = np.dtype(np.float64)
_NUMBERS = (np.ndarray, np.generic)
_PLAIN = (*_NUMBERS, float, int, str, type(None))
Functions = Mapping[str, Callable[..., Value]]


def widened(truth: Functions, worked: Functions) -> Functions:
    """Return functions that compute in float64 what they are asked in float32."""
    return {name: _in_double(one, worked[name]) for name, one in truth.items()}


def _in_double(
    function: Callable[..., Value], worked: Callable[..., Value]
) -> Callable[..., Value]:
    def compute(*args: object, **kwargs: object) -> Value:
        if _of_double(args) or not _single([args, kwargs]):
            return function(*args, **kwargs)
        value = function(*changed(args, _cast), **changed(kwargs, _cast))
        if not any(map(_rounds, leaves(value))):
            return value
        like = worked(*args, **kwargs)
        if not alike(value, like, lambda one, other: _plain(one) and _plain(other)):
            return function(*args, **kwargs)
        return _rounded(value, like)

    return compute


def _of_double(args: tuple[object, ...]) -> bool:
    """Whether an array of float64 is among them, as in most calls: then there is no more to ask."""
    return any([type(one) is np.ndarray and one.dtype == _DOUBLE for one in args])


def _single(value: object) -> bool:
    """Whether all floats are float32, and nothing here is changed by being used twice."""
    found = False
    for leaf in leaves(value):
        dtype = getattr(leaf, "dtype", None)
        if dtype is not None and dtype.kind in "fc":
            if dtype != np.float32:
                return False
            found = True
        if not _plain(leaf):
            return False
    return found


def _plain(leaf: object) -> bool:
    return isinstance(leaf, _PLAIN)


def _rounds(leaf: object) -> bool:
    """Whether float32 could give another value: counts, names and decisions are not rounded."""
    return not isinstance(leaf, str | int | np.integer | np.bool_) and (
        not isinstance(leaf, np.ndarray) or leaf.dtype.kind not in "biu"
    )


def _cast(leaf: Value, dtype: type[np.floating[Any]] = np.float64) -> Value:
    """Return floats of an array in another dtype; anything else as it is."""
    if isinstance(leaf, _NUMBERS) and leaf.dtype.kind == "f":
        cast: Array = leaf.astype(dtype)
        return cast
    return leaf


def _rounded(value: Any, like: Any) -> Value:
    """Return a nested value in the dtypes of another one that is nested alike."""
    if isinstance(value, tuple | list):
        return type(value)(_rounded(*pair) for pair in zip(value, like, strict=True))
    if isinstance(value, dict):
        return {key: _rounded(item, like[key]) for key, item in value.items()}
    return _cast(value, np.float32) if getattr(like, "dtype", None) == np.float32 else value
