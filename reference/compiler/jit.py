"""The options every kernel is compiled with, in one place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
from numba import prange
from numba.core.ccallback import CFunc
from numba.core.sigutils import normalize_signature

from reference.compiler.guarded import guard
from reference.compiler.kept import Kernel, by_turns, cache_folder, keep_apart
from reference.compiler.late import LATE, LateKernel

__all__ = [
    "INLINE",
    "INSERTED",
    "PARALLEL",
    "SERIAL",
    "SMALL",
    "address",
    "cache_folder",
    "njit",
    "prange",
]

SERIAL: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}
"""One thread. `error_model="numpy"`: a division by zero gives inf or NaN, as IEEE says. No wrapper
for callers in C, of which there are none, is compiled beside."""

INLINE: dict[str, Any] = {**SERIAL, "forceinline": True}
"""For a large function inside a hot loop: a loop with a call in it does not become vector code."""

INSERTED: dict[str, Any] = {**SERIAL, "inline": "always"}
"""For a few lines that several kernels share: compiled as if they stood there, not by themselves.
A function of its own costs 0.1 s, and again for each combination of types."""

PARALLEL: dict[str, Any] = {**SERIAL, "parallel": True}
"""All threads. Each job of a `prange` owns what it writes: 1 and N threads give one result."""


SMALL = 32_768
"""Elements below which starting the threads costs more than they save."""


def njit(**options: Any) -> Callable[[Any], Any]:
    """Compile as `numba.njit` does; one function may become a kernel of one thread and one of all.

    Numba looks for kept code by the function's name and line, whatever the options: without a name
    of its own, the second of the two kernels would run the first one's code.
    """
    if LATE:  # one thread: where kernels run with all, they are worth compiling
        options = {**options, "parallel": False}

    def compiled(given: Any) -> Any:
        function = given
        if options.get("parallel"):
            code, name = function.__code__, function.__name__
            copy = FunctionType(
                code, function.__globals__, name, function.__defaults__, function.__closure__
            )
            function = functools.update_wrapper(copy, function)
            function.__qualname__ += "_parallel"
        kernel = numba.njit(**options)(function)
        keep_apart(kernel._cache)
        kernel.__class__ = LateKernel if LATE else Kernel
        if options.get("parallel"):
            guard(kernel, lambda: njit(**{**options, "parallel": False})(given))
        return kernel

    return compiled


_KEPT: list[Any] = []  # what an address points to must stay


def address(function: Callable[..., None], signature: Any) -> int:
    """Compile a function of whole numbers and pointers, or read it again; return where it is."""
    code: Any = CFunc(function, normalize_signature(signature), {}, {"error_model": "numpy"})
    code.enable_caching()
    keep_apart(code._cache)
    with by_turns(code._cache, signature):
        code.compile()
    _KEPT.append(code)
    return int(code.address)
