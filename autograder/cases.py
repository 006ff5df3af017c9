"""What cases are made of in every topic: the same numbers as float32, or lying otherwise in memory.

Whatever a check hands over, nested or not, keeps its structure; only arrays and NumPy's numbers
change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["backwards", "by_columns", "entries", "single", "spread"]


def single(value: Any) -> Any:
    """Return the floats of a nested value as float32; whole numbers and flags stay."""
    return _each(value, lambda leaf: leaf.astype(np.float32) if leaf.dtype.kind == "f" else leaf)


def spread(value: Any) -> Any:
    """Return the arrays of a nested value with their numbers two steps apart in memory."""
    return _each(value, _spread)


def backwards(value: Any) -> Any:
    """Return the arrays of a nested value with each row lying backwards in memory."""
    return _each(value, lambda leaf: leaf[..., ::-1].copy()[..., ::-1] if leaf.ndim else leaf)


def by_columns(value: Any) -> Any:
    """Return the arrays of a nested value column by column in memory, as Fortran and MATLAB do."""
    return _each(value, lambda leaf: np.asfortranarray(leaf) if leaf.ndim else leaf)


def _spread(leaf: Any) -> Any:
    if not leaf.ndim:
        return leaf
    wide = np.zeros((*leaf.shape[:-1], 2 * leaf.shape[-1]), leaf.dtype)
    wide[..., ::2] = leaf
    return wide[..., ::2]


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return change(value)
    if isinstance(value, tuple | list):
        return type(value)(_each(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return value


def entries(value: Any) -> int:
    """Count the numbers in the arrays of a nested value."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return sum(map(entries, value))
    return int(value.size) if isinstance(value, np.ndarray) else 0
