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

from reference.contracts.grammar import Line, parsed
from reference.contracts.quick import written
from reference.contracts.ready import DOUBLE, SINGLE, laid, ready
from reference.contracts.settle import Settling, fit, given_back

__all__ = ["DOUBLE", "SINGLE", "contract", "fit", "laid", "ready"]

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
        quick = written(function, line, functools.partial(_settled, function, line))
        functools.update_wrapper(quick, function)
        quick.__contract__ = line
        return cast(Function, quick)

    return held


def _settled(function: Callable[..., Any], line: Line, *values: Any) -> Any:
    """Call with arguments made ready, and give the outputs the dtypes that are promised."""
    settling = Settling(line, dict(zip(line.kinds, values, strict=True)))
    outputs, gives = function(*settling.values), settling.gives
    if not gives:
        return outputs
    return given_back(outputs, gives[0] if len(gives) == 1 else gives)
