"""What cases are made of in every topic: the same numbers as float32, or lying otherwise in memory.

Whatever a check hands over, nested or not, keeps its structure; only arrays and NumPy's numbers
change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.values.nested import Array, Nested, changed, leaves

__all__ = ["backwards", "by_columns", "entries", "single", "spread"]


def single(value: Nested) -> Nested:
    """Return the floats of a nested value as float32; whole numbers and flags stay."""
    return changed(value, _in_single)


def _in_single(leaf: Any) -> object:
    floats = isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind == "f"
    return leaf.astype(np.float32) if floats else leaf


def spread(value: Nested) -> Nested:
    """Return the arrays of a nested value with their numbers two steps apart in memory."""
    return _laid(value, _spread)


def backwards(value: Nested) -> Nested:
    """Return the arrays of a nested value with each row lying backwards in memory."""
    return _laid(value, lambda leaf: leaf[..., ::-1].copy()[..., ::-1])


def by_columns(value: Nested) -> Nested:
    """Return the arrays of a nested value column by column in memory, as Fortran and MATLAB do."""
    return _laid(value, np.asfortranarray)


def _spread(leaf: Array) -> Array:
    wide = np.zeros((*leaf.shape[:-1], 2 * leaf.shape[-1]), leaf.dtype)
    wide[..., ::2] = leaf
    return wide[..., ::2]


def _laid(value: Nested, lay: Callable[[Array], Array]) -> Nested:
    """Return a nested value with its arrays laid otherwise in memory; numbers have no layout."""
    return changed(
        value, lambda leaf: lay(leaf) if isinstance(leaf, np.ndarray) and leaf.ndim else leaf
    )


def entries(value: object) -> int:
    """Count the numbers in the arrays of a nested value."""
    return sum(leaf.size for leaf in leaves(value) if isinstance(leaf, np.ndarray))
