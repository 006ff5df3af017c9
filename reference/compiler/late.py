"""Kernels run as plain Python for as long as that costs less than to compile them.

Official grading of one submission meets a kernel a few times, with small arrays: to compile it
takes a thousand times as long as to run it. Where ``GRADUS_COMPILE`` is ``late``, a kernel's own
text is run by Python; after `PATIENCE` steps (calls, and passes through loops) it is compiled. The
count is of steps, not of time: whatever the machine, the same calls are run the same way.

Both ways give the same bits. Only float64, whole numbers and truth values are taken, and only what
means the same to Python, NumPy and Numba (`_readable`): no powers, no sums over arrays, no names
that are not listed here. Vector instructions written by hand are compiled by themselves, which
takes milliseconds (`native`). What Python refuses (a division by zero, an index beyond the end, a
number that overflows) is undone and left to the compiled kernel.
"""

from __future__ import annotations

import ast
import inspect
import math
import operator
import os
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numba
import numpy as np
from numba.core.extending import _Intrinsic

from reference.compiler.kept import Kernel
from reference.compiler.native import native

__all__ = ["LATE", "Deferred", "LateKernel", "by_python", "in_python"]

LATE = os.environ.get("GRADUS_COMPILE") == "late"

PATIENCE = 2_000_000
"""Steps of a kernel that Python does before it is compiled, about as long as compiling takes; the
fewer, the more calls stand in its text."""

LARGE = 50_000
"""Numbers in a call's arrays from which a kernel with a loop is compiled at once."""

_DTYPES = [np.dtype(kind) for kind in (np.float64, np.int64, np.int32, np.bool_)]


def _whole(number: Any) -> int:
    """Return a number as an unsigned one, as places in arrays are sometimes written."""
    return int(number) & (1 << 64) - 1


def _counting(*bounds: Any) -> Any:
    """Return whole numbers in a row; what `np.arange` makes of fractions is not Numba's."""
    return np.arange(*map(operator.index, bounds))


_MATH = SimpleNamespace(
    **{
        name: getattr(math, name)
        for name in (
            "inf",
            "nan",
            "pi",
            "isnan",
            "isinf",
            "isfinite",
            "sqrt",
            "floor",
            "ceil",
            "fabs",
        )
    }
)
_NUMPY = SimpleNamespace(
    **{
        name: getattr(np, name)
        for name in (
            *("inf", "nan", "pi", "empty", "zeros", "ones", "full", "stack"),
            *("empty_like", "zeros_like", "ones_like", "ascontiguousarray"),
            *("sqrt", "floor", "ceil", "abs", "isnan", "isinf", "isfinite"),
            *("int64", "int32", "float64", "bool_"),
        )
    },
    uintp=_whole,
    arange=_counting,
)
_MODULES = {"math": _MATH, "numpy": _NUMPY}
_BUILTINS = {
    *("range", "len", "min", "max", "abs", "float", "int", "bool", "enumerate", "zip", "slice")
}
_ATTRIBUTES = {"size", "shape", "dtype", "type", "itemsize", "ndim", "reshape", "T", "copy"}
_NODES = (
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.Expr),
    *(ast.For, ast.While, ast.If, ast.IfExp, ast.Break, ast.Continue, ast.Pass, ast.BoolOp),
    *(ast.And, ast.Or, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod),
    *(ast.BitAnd, ast.BitOr, ast.UnaryOp, ast.USub, ast.UAdd, ast.Not, ast.Compare, ast.cmpop),
    *(ast.Call, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Name),
    *(ast.Tuple, ast.Load, ast.Store),
)
_TWINS: dict[int, Callable[..., Any]] = {}


def in_python(code: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have a function stand for an intrinsic, or for a kernel, where Python runs it."""

    def stands(twin: Callable[..., Any]) -> Callable[..., Any]:
        _TWINS[id(code)] = twin
        return twin

    return stands


class Deferred(tuple[Any, ...]):
    """Functions that are compiled and called by address, and do without it under Python."""

    compiled: Callable[[], Any]

    @classmethod
    def of(cls, functions: tuple[Any, ...], compiled: Callable[[], Any]) -> Deferred:
        """Defer `compiled`, which gives their addresses."""
        made = cls(functions)
        made.compiled = compiled
        return made


class _Spent(Exception):
    """A kernel further in has had its steps."""


# --- what may be run ------------------------------------------------------------------------------


def _stands(value: Any) -> Any:
    """Return what stands for a global under Python; raise LookupError where nothing does."""
    if isinstance(value, Kernel | int | float | np.generic) or value is numba.prange:
        return value
    if isinstance(value, tuple) and all(isinstance(one, int | float) for one in value):
        return value
    if isinstance(value, ModuleType):
        return _MODULES[value.__name__]
    if isinstance(value, _Intrinsic):
        return _TWINS[id(value)] if id(value) in _TWINS else native(value)
    raise LookupError(value)


def _names(function: Callable[..., Any], tree: ast.AST) -> dict[str, Any]:
    """Return the globals that a text needs, as they are under Python."""
    code: Any = function.__code__
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    scope = {**function.__globals__, **{name: cell.cell_contents for name, cell in cells.items()}}
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in code.co_varnames:
            if node.id in scope:
                found[node.id] = _stands(scope[node.id])
            elif node.id not in _BUILTINS:
                raise LookupError(node.id)
    return found


def _readable(tree: ast.AST, names: dict[str, Any]) -> bool:
    """Whether a text means the same to Python as to Numba."""
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            return False
        if isinstance(node, ast.Attribute):
            owner = names.get(node.value.id) if isinstance(node.value, ast.Name) else None
            known = vars(owner) if isinstance(owner, SimpleNamespace) else _ATTRIBUTES
            if node.attr not in known:
                return False
    return True


def _counted(tree: ast.FunctionDef) -> None:
    """Have each call, and each pass through a loop, count as a step."""
    for node in [*ast.walk(tree)]:
        if isinstance(node, ast.For | ast.While | ast.FunctionDef):
            node.body.insert(0, ast.parse("_one_step_()").body[0])


def by_python(function: Callable[..., Any]) -> Any:
    """Return a kernel's function for Python, which counts its steps; None if it has none."""
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        assert isinstance(tree, ast.FunctionDef)
        tree.decorator_list, tree.returns = [], None
        for node in ast.walk(tree):
            if isinstance(node, ast.arg):
                node.annotation = None
        names = _names(function, tree)
        if not _readable(tree, names):
            return None
    except (LookupError, OSError, SyntaxError, ValueError, AssertionError):
        return None
    patience = PATIENCE // (1 + sum(isinstance(node, ast.Call) for node in ast.walk(tree)))
    _counted(tree)
    module = ast.fix_missing_locations(ast.Module([tree], []))
    names["_one_step_"] = iter(range(patience)).__next__
    exec(compile(module, f"<{function.__qualname__} by Python>", "exec"), names)
    made: Any = names[tree.name]
    made.loops = any(isinstance(node, ast.For | ast.While) for node in ast.walk(tree))
    return made


# --- running it -----------------------------------------------------------------------------------


def _arrays(args: tuple[Any, ...]) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the arrays of a call; raise LookupError for what is taken by compiled code alone."""
    for arg in args:
        kind = type(arg)
        if kind is np.ndarray:
            if arg.dtype not in _DTYPES:
                raise LookupError
            yield arg
        elif kind is tuple:
            yield from _arrays(arg)
        elif kind not in (int, float, bool, np.float64, np.int64, np.bool_, Deferred):
            raise LookupError


def _given(arg: Any) -> Any:
    """Return an argument for Python: a float of NumPy's divides by zero as IEEE says."""
    if type(arg) is float:
        return np.float64(arg)
    return tuple(map(_given, arg)) if type(arg) is tuple else arg


def _addressed(arg: Any) -> Any:
    """Return an argument for compiled code: where functions are, instead of the functions."""
    if type(arg) is Deferred:
        return arg.compiled()
    return tuple(map(_addressed, arg)) if type(arg) is tuple else arg


def _out(value: Any) -> Any:
    """Return a result as compiled code does."""
    if isinstance(value, np.generic):
        return value.item()
    return tuple(map(_out, value)) if type(value) is tuple else value


class LateKernel(Kernel):
    """A kernel that is compiled when Python has done so many steps of it, and not before."""

    _inside = False  # some kernel is run by Python
    _looked = False
    _plain: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> Any:
        """Run by Python, or compile."""
        if not self._looked:
            self._looked = True
            self._plain = _TWINS.get(id(self))
            if self._plain is None and not self._cache._cache_file._load_index():
                self._plain = by_python(self.py_func)
        if self._plain is None:
            return self._compiled(*args)
        if LateKernel._inside:
            return self._within(*args)
        try:
            found = [*_arrays(args)]
        except LookupError:
            return self._compiled(*args)
        looped = getattr(self._plain, "loops", False)
        if looped and sum(array.size for array in found) > LARGE:
            return self._compiled(*args)
        return self._outermost(args, found)

    def _compiled(self, *args: Any) -> Any:
        return super().__call__(*map(_addressed, args))

    def _within(self, *args: Any) -> Any:
        assert self._plain is not None
        try:
            return self._plain(*args)
        except StopIteration:
            self._plain = None
            raise _Spent from None

    def _outermost(self, args: tuple[Any, ...], arrays: list[np.ndarray[Any, Any]]) -> Any:
        before = [array.copy() for array in arrays]
        LateKernel._inside = True
        try:
            while self._plain is not None:
                try:
                    with np.errstate(all="ignore", over="raise"):
                        return _out(self._within(*map(_given, args)))
                except _Spent:
                    pass
                except Exception:
                    self._plain = None
                for array, old in zip(arrays, before, strict=True):
                    array[...] = old
        finally:
            LateKernel._inside = False
        return self._compiled(*args)
