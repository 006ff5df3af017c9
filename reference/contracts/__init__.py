"""What a function takes, in one line above it: checked, made ready for the kernels, or refused.

>>> @contract("x (N, D), w (F, D), b (F) -> x")
... def dense_forward(x, w, b):
...     return x @ w.T + b  # C-ordered arrays of one dtype, of shapes that fit
>>> dense_forward([[1, 2]], [[3, 4]], [0])
array([[11.]])
>>> dense_forward([[1, 2]], [[3, 4, 5]], [0])
Traceback (most recent call last):
ValueError: expected w of shape (F, D) with D = 2 as in x, got (1, 3)

`grammar` says how the line is read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from reference.contracts.grammar import Kind, Line, parsed
from reference.contracts.quick import written
from reference.contracts.ready import DOUBLE, SINGLE, common, laid, ready
from reference.contracts.settle import Settling, fit, given_back

__all__ = ["DOUBLE", "SINGLE", "contract", "fit", "laid", "ready"]

_FLOATS = (SINGLE, DOUBLE)
Function = TypeVar("Function", bound=Callable[..., Any])


def contract(text: str, *where: str) -> Callable[[Function], Function]:
    """Have a function called with what `text` says, under the conditions `where`; else refuse.

    Arrays come as the kernels want them: in one floating dtype (float32 only if all are, whole
    numbers and truth values as float64), C-ordered and writable. Outputs go back in the dtype of
    the parameters after the arrow.

    Raises
    ------
    ValueError
        From the function: shapes that do not fit, numbers out of bounds.
    TypeError
        From the function: what is no array of real numbers, or no number.
    """
    line = parsed(text, where)

    def held(function: Function) -> Function:
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if tuple(line.kinds) != names:
            raise ValueError(f"contract of {function.__name__} names {(*line.kinds,)}, not {names}")

        def mended(*values: Any) -> Any:
            laid_out = _laid_out(line, values)
            if laid_out is None:
                return _settled(function, line, *values)
            return _given_back(line, values, quick(*laid_out))

        quick = written(function, line, mended)
        functools.update_wrapper(quick, function)
        quick.__contract__ = line
        return cast(Function, quick)

    return held


def _laid_out(line: Line, values: tuple[Any, ...]) -> list[Any] | None:
    """Return the arguments with all floats in one dtype and in order, if no more is to be mended.

    None where something is no plain array of floats, or where there is nothing to do: that is
    settled step by step, which takes ten times as long.
    """
    floats: list[Any] = []
    for kind, value in zip(line.kinds.values(), values, strict=True):
        if kind.parts:
            if kind.name != "tuple" or type(value) is not tuple or len(value) != len(kind.parts):
                return None
            if any(part.parts for part in kind.parts):
                return None
            floats += [one for part, one in zip(kind.parts, value) if part.name == "float"]
        elif kind.name == "float" and kind.array and value is not None:
            floats.append(value)
    if not all(type(one) is np.ndarray and one.dtype in _FLOATS for one in floats):
        return None
    gives = [line.kinds[name] for name in line.gives]
    if not all(kind.array and not kind.optional for kind in gives):
        return None
    dtype = common(floats)
    if all(one.dtype == dtype and one.flags.carray for one in floats):
        return None

    def lay(kind: Kind, value: Any) -> Any:
        if kind.parts:
            return tuple(map(lay, kind.parts, value))
        of_floats = kind.name == "float" and kind.array and value is not None
        return laid(value, dtype) if of_floats else value

    return list(map(lay, line.kinds.values(), values))


def _given_back(line: Line, values: tuple[Any, ...], outputs: Any) -> Any:
    """Give outputs the dtypes that are promised: those of arrays as they came."""
    by_name = dict(zip(line.kinds, values, strict=True))
    gives = [SINGLE if by_name[name].dtype == SINGLE else DOUBLE for name in line.gives]
    if not gives:
        return outputs
    return given_back(outputs, gives[0] if len(gives) == 1 else gives)


def _settled(function: Callable[..., Any], line: Line, *values: Any) -> Any:
    """Call with arguments made ready, and give the outputs the dtypes that are promised."""
    settling = Settling(line, dict(zip(line.kinds, values, strict=True)))
    outputs, gives = function(*settling.values), settling.gives
    if not gives:
        return outputs
    return given_back(outputs, gives[0] if len(gives) == 1 else gives)
