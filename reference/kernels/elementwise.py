# mypy: allow-untyped-defs
"""Passes over flat arrays, in place, by a rule that is compiled alone and called by its address.

A rule is a plain function ``rule(size, stride, numbers, memory)``: `memory` points to the first
element it owns in row 0 of an array whose rows are `stride` apart (see `rows`), `numbers` to what
the formula needs, always float64; the first of them counts the passes. It overwrites what it reads:
an output of its own would be memory to fetch, and one more array that may overlap the others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import carray, types
from numba.np.numpy_support import from_dtype

from reference.compiler.jit import PARALLEL, SERIAL, address, njit, prange
from reference.compiler.late import LATE, Deferred, by_python, in_python
from reference.kernels.gemm import call

__all__ = ["code_of", "in_stretches", "rows", "whole"]

STRETCH = 16_384
"""Elements that one job covers: its rows together stay in the second cache."""


@functools.cache
def code_of(rule: Callable[..., None], dtype: Any) -> Any:
    """Compile a rule for a dtype; return where its code is."""
    text = by_python(rule) if LATE and dtype == np.float64 else None
    if text is None:
        return _code(rule, dtype)
    return Deferred.of((text,), functools.partial(_code, rule, dtype))


@functools.cache
def _code(rule: Callable[..., None], dtype: Any) -> int:
    numbers, memory = types.CPointer(types.float64), types.CPointer(from_dtype(np.dtype(dtype)))
    return address(rule, types.void(types.int64, types.int64, numbers, memory))


@njit(**SERIAL)
def rows(memory, stride, size):
    """Return the stretch of rows 0 ... 3 as arrays; those that do not exist are not to be read."""
    flat = carray(memory, (4 * stride,))
    return (
        flat[:size],
        flat[stride : stride + size],
        flat[2 * stride : 2 * stride + size],
        flat[3 * stride : 3 * stride + size],
    )


@in_python(rows)
def _rows(memory, stride, size):
    """See `rows`; those that do not exist are None."""
    return tuple(memory[k, :size] if k < len(memory) else None for k in range(4))


@njit(**SERIAL)
def whole(rule, memory, numbers):
    """Apply a rule to all columns of `memory`."""
    numbers[0] += 1
    call(rule, (memory.shape[1], memory.shape[1]), (numbers, memory))


@njit(**PARALLEL)
def in_stretches(rule, memory, numbers):
    """Apply a rule to all columns of `memory`; some of them per job."""
    numbers[0] += 1
    size = memory.shape[1]
    for job in prange((size + STRETCH - 1) // STRETCH):
        first = job * STRETCH
        call(rule, (min(STRETCH, size - first), size), (numbers, memory[:, first:]))
