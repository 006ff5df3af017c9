"""Nested values: what goes into a function and comes out of it, as a type."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

__all__ = ["Array"]

Array = NDArray[Any]
"""An array of whatever dtype: student code decides."""
