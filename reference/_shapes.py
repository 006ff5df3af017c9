"""What the wrappers of layers over images need: arrays of one dtype, and sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit", "ready"]

Array = NDArray[Any]


def ready(*arrays: Array) -> list[Array]:
    """Return the arrays C-ordered, all in one float dtype (float32 only if all are)."""
    single = all(np.asarray(array).dtype == np.float32 for array in arrays)
    return [np.ascontiguousarray(a, dtype=np.float32 if single else np.float64) for a in arrays]


def fit(size: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> int:
    """Return how many windows fit along one side."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
