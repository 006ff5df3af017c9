"""What the lines of the bench share: PyTorch where it is, the chapters, and random arrays."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from reference import (
    activations,
    adversarial,
    attention,
    backprop,
    convolution,
    initialization,
    lstm,
    neurons,
    normalization,
    optimizers,
    q_learning,
    recurrent,
    regression,
    regularization,
    spatial_transformer,
    transfer,
)

__all__ = [
    "RNG",
    "Array",
    "Peers",
    "Tensor",
    "aten",
    "chapter",
    "floats",
    "nn",
    "plain",
    "tensors",
    "torch",
]

torch: Any = importlib.import_module("torch") if importlib.util.find_spec("torch") else None
nn: Any = torch.nn.functional if torch else None
aten: Any = torch.ops.aten if torch else None

Array = NDArray[Any]
Tensor: TypeAlias = Any
"""An array of NumPy, PyTorch or JAX: the same lines compute with all three."""
Peers = dict[str, Callable[[], object]]
_TOPICS: tuple[ModuleType, ...] = (activations, adversarial, attention, backprop, convolution,
                            initialization, lstm, neurons, normalization, optimizers, q_learning,
                            recurrent, regression, regularization, spatial_transformer,
                            transfer)  # fmt: skip
RNG = np.random.default_rng(0)


def floats(*shape: int, scale: float = 1.0, dtype: DTypeLike = np.float32) -> Array:
    """Draw an array from a normal distribution."""
    return (RNG.standard_normal(shape) * scale).astype(dtype)


def tensors(*arrays: Array) -> list[Tensor]:
    """Return the arrays as tensors that share their memory; nothing where PyTorch is absent."""
    return [torch.from_numpy(a) for a in arrays] if torch else []


def chapter(topic: ModuleType) -> Any:
    """Return the chapter that belongs to a module of the core; None in a release without them."""
    try:
        return importlib.import_module(f"solutions.{topic.__name__.split('.')[-1]}.chapter")
    except ImportError:
        return None


def plain(call: Callable[[], Tensor], part: object = ...) -> Peers:
    """Return the chapter's function for a kernel's call: plain NumPy; nothing without the chapters.

    `part` selects from its outputs what the other contenders give.
    """
    if not isinstance(call, partial):
        return {}
    name = call.func.__name__
    topic = next((t for t in _TOPICS if getattr(t, name, None) is call.func), None)
    theirs = getattr(chapter(topic), name, None) if topic else None
    if theirs is None:  # a kernel of our own, or a release without the chapters
        return {}
    whole = partial(theirs, *call.args, **call.keywords)
    return {"numpy": whole if part is ... else lambda: whole()[part]}
