"""What the lines of the bench share: PyTorch, where it is installed, and random arrays for all."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["RNG", "Array", "Peers", "aten", "floats", "nn", "tensors", "torch"]

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
nn: Any = torch.nn.functional if torch else None
aten: Any = torch.ops.aten if torch else None

Array = NDArray[Any]
Peers = dict[str, Callable[[], Any]]
RNG = np.random.default_rng(0)


def floats(*shape: int, scale: float = 1.0, dtype: Any = np.float32) -> Array:
    """Draw an array from a normal distribution."""
    return (RNG.standard_normal(shape) * scale).astype(dtype)


def tensors(*arrays: Array) -> list[Any]:
    """Return the arrays as tensors that share their memory; nothing where PyTorch is absent."""
    return [torch.from_numpy(a) for a in arrays] if torch else []
