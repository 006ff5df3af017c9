"""Vector instructions written by hand, called from Python without a kernel around them.

LLVM alone compiles them, which takes milliseconds: Numba has no part in it, nothing is kept.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.np.numpy_support import from_dtype

from reference.compiler.emit import BYTES

__all__ = ["called", "machine_code", "native"]

_ENGINES: list[Any] = []  # what an address points to must stay
_NUMBERS = {"f": ir.DoubleType(), "i": ir.IntType(64)}
_POINTERS = {
    np.dtype(np.float64): ir.DoubleType(),
    np.dtype(np.int64): ir.IntType(64),
    np.dtype(np.int32): ir.IntType(32),
    np.dtype(np.bool_): ir.IntType(8),
}


def _kind(value: Any) -> Any:
    """Return what a value is passed as: a dtype for a pointer, "i" or "f" for a number."""
    if isinstance(value, np.ndarray):
        return value.dtype
    return "f" if isinstance(value, float) else "i"


def machine_code(name: str, emit: Any, kinds: tuple[Any, ...], returns: bool = False) -> Any:
    """Compile what `emit` writes for float64; return it as a function of arrays and numbers."""
    given = [_NUMBERS[k] if k in ("f", "i") else _POINTERS[k].as_pointer() for k in kinds]
    element = ir.DoubleType()
    module = ir.Module(name)
    module.triple = llvm.get_process_triple()
    result = element if returns else ir.VoidType()
    function = ir.Function(module, ir.FunctionType(result, given), name)
    emit(function, element, BYTES // 8)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_triple(module.triple)
    machine = target.create_target_machine(llvm.get_host_cpu_name(), features, opt=1, jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(str(module)), machine)
    engine.finalize_object()
    _ENGINES.append(engine)
    taken: list[Any] = [
        {"f": ctypes.c_double, "i": ctypes.c_int64}.get(k, ctypes.c_void_p) for k in kinds
    ]
    made = ctypes.CFUNCTYPE(ctypes.c_double if returns else None, *taken)
    address = engine.get_function_address(name)
    called = made(address)
    held = [k not in ("f", "i") for k in kinds]

    def run(*args: Any) -> Any:
        found = called(
            *(_place(value) if array else value for value, array in zip(args, held, strict=True))
        )
        return np.float64(found) if returns else None

    run.address = address  # type: ignore[attr-defined]
    return run


def called(address: int, numbers: Any, arrays: Any) -> None:
    """Call the function at an address with whole numbers and pointers."""
    kinds = [ctypes.c_int64] * len(numbers) + [ctypes.c_void_p] * len(arrays)
    ctypes.CFUNCTYPE(None, *kinds)(address)(*map(int, numbers), *map(_place, arrays))


def _place(array: Any) -> int:
    """Return where an array's first number is."""
    return int(array.__array_interface__["data"][0])


def native(code: Any) -> Callable[..., Any]:
    """Return a function that stands for an intrinsic made by `emitted`.

    Raises
    ------
    LookupError
        It is none.
    """
    names, cells = code._defn.__code__, code._defn.__closure__ or ()
    scope = {**code._defn.__globals__, **dict(zip(names.co_freevars, cells, strict=True))}
    near = [scope.get(name) for name in (*names.co_names, *names.co_freevars)]
    if not any(hasattr(getattr(one, "cell_contents", one), "emit") for one in near):
        raise LookupError(code)
    made: dict[tuple[Any, ...], Any] = {}

    def run(*args: Any) -> Any:
        kinds = tuple(map(_kind, args))
        if kinds not in made:
            signature, generate = code._defn(None, *map(_typed, args))
            made[kinds] = machine_code(
                generate.name, generate.emit, kinds, signature.return_type != types.none
            )
        return made[kinds](*args)

    return run


def _typed(value: Any) -> Any:
    """Return a value's type in Numba."""
    if isinstance(value, np.ndarray):
        return types.Array(from_dtype(value.dtype), value.ndim, "C")
    return types.float64 if isinstance(value, float) else types.int64
