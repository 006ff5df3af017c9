"""What does not pass at once: make it ready for the kernels, or say what is wrong with it."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.contracts.grammar import Kind, Line
from reference.contracts.ready import DOUBLE, FLAG, SINGLE, WHOLE, common, laid, numbers

__all__ = ["FUNCTIONS", "Settling", "fit", "given_back", "shapes"]

Array = NDArray[Any]

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_DTYPES = {"double": DOUBLE, "int": WHOLE, "bool": FLAG}
_NAME = re.compile(r"[A-Za-z_]\w*")


def fit(size: int, kernel: int, stride: int = 1, padding: int | str = 0, dilation: int = 1) -> int:
    """Return how many windows fit along one side; with as many zeros as "same" or "causal" ask."""
    if padding in ("same", "causal"):
        return (size - 1) // stride + 1
    border = 0 if isinstance(padding, str) else padding
    return (size + 2 * border - dilation * (kernel - 1) - 1) // stride + 1


def shapes(values: Any) -> Any:
    """Return the shapes of nested arrays."""
    if isinstance(values, (list, tuple)):
        return [shapes(value) for value in values]
    return np.shape(values)


FUNCTIONS: dict[str, Any] = {"fit": fit, "shapes": shapes, "min": min, "max": max, "len": len}
"""What a formula may use."""


@functools.lru_cache(1024)  # to read a formula takes longer than all the rest
def _read(formula: str) -> CodeType:
    return compile(formula, "<contract>", "eval")


def _dtypes(value: Any) -> Any:
    """Return the floating dtype that belongs to each of nested arrays."""
    if isinstance(value, list):
        return [_dtypes(one) for one in value]
    return SINGLE if getattr(value, "dtype", None) == SINGLE else DOUBLE


def given_back(values: Any, dtype: Any) -> Any:
    """Return nested outputs with floating arrays in this dtype, or in those of a list."""
    if isinstance(values, (list, tuple)):
        each = dtype if isinstance(dtype, list) else [dtype] * len(values)
        return type(values)(given_back(*pair) for pair in zip(values, each, strict=True))
    floating = isinstance(values, np.ndarray) and values.dtype.kind == "f"
    return values.astype(dtype, copy=False) if floating else values


class Settling:
    """One call's arguments on their way to a kernel."""

    def __init__(self, line: Line, values: dict[str, Any]) -> None:
        self.line = line
        self.symbols: dict[str, Any] = {}
        self._origin: dict[str, str] = {}
        self._floats: list[Array] = []
        taken = {name: self._take(kind, name, values[name]) for name, kind in line.kinds.items()}
        self.gives = [_dtypes(taken[name]) for name in line.gives]
        self.dtype = common(self._floats) if self._floats else DOUBLE
        for name, kind in line.kinds.items():  # numbers first: arrays are held to them
            if kind.name in ("int", "real") and kind.dims is None:
                self.symbols[name] = taken[name]
            elif kind.name == "ints":
                self._bind_numbers(kind, name, taken[name])
        for name, kind in line.kinds.items():
            self._bind(kind, name, taken[name])
        self._known = {**FUNCTIONS, **{n: taken[n] for n in taken}, **self.symbols}
        for arrays in (False, True):  # numbers first: lengths are formulas of them
            for name, kind in line.kinds.items():
                self._hold(kind, name, taken[name], arrays)
        for condition in line.where:
            self._stand(condition)
        self.values = [self._lay(kind, taken[name]) for name, kind in line.kinds.items()]

    # --- from anything to arrays and numbers

    def _take(self, kind: Kind, name: str, value: Any) -> Any:
        said = f"expected {name} {kind}".rstrip()
        if kind.optional and value is None:
            return None
        if kind.array:
            array = numbers(value, said)
            if kind.name == "float":
                self._floats.append(array)
            return self._whole(array, said) if kind.name in ("int", "bool") else array
        if isinstance(value, str) and value in kind.words:
            return value
        if kind.name in ("list", "tuple"):
            return self._take_parts(kind, name, value, said)
        return _scalar(kind, value, said)

    def _whole(self, array: Array, said: str) -> Array:
        if array.dtype.kind not in "biu" and array.size:
            raise TypeError(f"{said} in whole numbers, got {array.dtype}")
        return array

    def _take_parts(self, kind: Kind, name: str, value: Any, said: str) -> list[Any]:
        if kind.name == "tuple":
            if not isinstance(value, (list, tuple)) or len(value) != len(kind.parts):
                count = f" of {len(value)}" if isinstance(value, (list, tuple)) else ""
                raise TypeError(f"{said}, got {type(value).__name__}{count}")
            parts: Iterator[Kind] = iter(kind.parts)
        else:
            if value is None or isinstance(value, (str, bytes)) or not np.iterable(value):
                raise TypeError(f"{said}, got {type(value).__name__}")
            value = list(value)
            parts = iter(kind.parts * len(value))
        return [self._take(part, f"{name}[{i}]", value[i]) for i, part in enumerate(parts)]

    # --- shapes by symbol

    def _bind(self, kind: Kind, name: str, value: Any) -> None:
        if kind.parts:
            each = kind.parts * len(value) if kind.name == "list" else kind.parts
            for i, (part, one) in enumerate(zip(each, value, strict=True)):
                self._bind(part, f"{name}[{i}]", one)
                if kind.name == "list":
                    self._step_on(f"{name}[{i}]")
        elif kind.array and value is not None:
            self._bind_shape(kind, name, value)

    def _bind_numbers(self, kind: Kind, name: str, value: tuple[int, ...]) -> None:
        for dim, number in zip(kind.dims or (), value):
            if self.symbols.setdefault(dim, number) != number:
                same = f"{dim} = {self.symbols[dim]} as in {self._origin[dim]}"
                raise ValueError(f"expected {name} {kind} with {same}, got {value}")
            self._origin.setdefault(dim, name)

    def _step_on(self, name: str) -> None:
        """Let what was D' in one part of a list be D in the next."""
        for symbol in [s for s in self.symbols if s.endswith("'")]:
            self.symbols[symbol[:-1]] = self.symbols.pop(symbol)
            self._origin[symbol[:-1]] = name

    def _bind_shape(self, kind: Kind, name: str, value: Array) -> None:
        dims, shape = kind.dims or (), value.shape
        if dims == ("...",):
            return
        if dims[-1:] and dims[-1].startswith("*") and len(shape) >= len(dims) - 1:
            *first, rest = dims
            found: Any = shape[len(first) :]
            dims, shape = (*first, rest[1:]), (*shape[: len(first)], found)
        if len(dims) != len(shape):
            raise ValueError(self._told(kind, name, value))
        for dim, length in zip(dims, shape, strict=True):
            plain = dim.removesuffix("'").isidentifier()
            if plain and dim not in self.symbols:
                self.symbols[dim], self._origin[dim] = length, name
            if length != (self.symbols[dim] if plain else int(dim) if dim.isdigit() else length):
                raise ValueError(self._told(kind, name, value))

    def _told(self, kind: Kind, name: str, value: Array, due: Any = None) -> str:
        """Say which shape was expected, and where the known lengths in it come from."""
        known = [
            f"{symbol} = {self.symbols[symbol]} as in {self._origin[symbol]}"
            for symbol in dict.fromkeys(_NAME.findall(" ".join(kind.dims or ())))
            if symbol in self._origin and self._origin[symbol] != name
        ]
        having = " with " + ", ".join(known) if known else ""
        having = f" = {due}" if due and "*" not in str(kind) else having
        return f"expected {name} {kind}{having}, got {value.shape}"

    # --- formulas, bounds, conditions

    def _value(self, formula: str) -> Any:
        return eval(_read(formula), {"__builtins__": {}}, self._known)

    def _hold(self, kind: Kind, name: str, value: Any, arrays: bool) -> None:
        """Hold a value to the formulas in its shape and to its bounds."""
        for i, one in enumerate(value if kind.parts else ()):
            self._hold(kind.parts[i % len(kind.parts)], f"{name}[{i}]", one, arrays)
        if kind.parts or kind.array != arrays or value is None or isinstance(value, str):
            return
        if kind.array:
            due = tuple(self._due(dim) for dim in kind.dims or () if dim[:1] not in "*.")
            if any(n not in (None, length) for n, length in zip(due, value.shape)):
                raise ValueError(self._told(kind, name, value, due))
        for sign, limit in kind.bounds:
            self._within(kind, name, value, sign, self._value(limit))

    def _due(self, dim: str) -> int | None:
        """Return what a formula gives; None for a symbol of a list, which was compared before."""
        return None if dim.removesuffix("'").isidentifier() else int(self._value(dim))

    def _within(self, kind: Kind, name: str, value: Any, sign: str, limit: Any) -> None:
        found = np.asarray(value)
        wrong = ~_SIGNS[sign](found, limit)
        if not wrong.any():
            return
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f" at {list(where)}" if kind.array or kind.name == "ints" else ""
        stated = next(text for s, text in kind.bounds if s == sign)
        told = f"{stated} = {limit}" if _NAME.search(stated) else stated
        noun = "whole numbers" if kind.name == "int" else "numbers"
        which = f"{name} {kind}" if not kind.array else f"{noun} in {name}"
        if kind.array:
            raise ValueError(f"expected {which} {sign} {told}, got {found[where]}{place}")
        raise ValueError(f"expected {which}, got {found[where]}{place}")

    def _stand(self, condition: str) -> None:
        if not self._value(condition):
            names = [n for n in dict.fromkeys(_NAME.findall(condition)) if n not in FUNCTIONS]
            held = ", ".join(f"{n} = {_short(self._known[n])}" for n in names if n in self._known)
            raise ValueError(f"expected {condition}, got {held}")

    # --- as the kernels want it

    def _lay(self, kind: Kind, value: Any) -> Any:
        if kind.parts:
            each = [self._lay(kind.parts[i % len(kind.parts)], one) for i, one in enumerate(value)]
            return tuple(each) if kind.name == "tuple" else each
        if not kind.array or value is None:
            return value
        if kind.name == "kept":
            return laid(value, value.dtype.newbyteorder("="))
        if kind.name == "bool" and not np.isin(value, (0, 1)).all():
            raise ValueError("expected truth values, got other numbers than 0 and 1")
        return laid(value, {**_DTYPES, "float": self.dtype}[kind.name])


def _short(value: Any) -> str:
    return str(shapes(value)) if isinstance(value, (list, tuple, np.ndarray)) else repr(value)


def _scalar(kind: Kind, value: Any, said: str) -> Any:
    """Return one number, word or function as it should be."""
    kinds: dict[str, Callable[[Any], Any]] = {"int": _index, "real": _real, "flag": _flag}
    try:
        if kind.name == "ints":
            found = tuple(_index(one) for one in value)
            if kind.dims is not None and len(found) != len(kind.dims):
                raise ValueError
            return found
        if kind.name in kinds:
            return kinds[kind.name](value)
    except TypeError:
        raise TypeError(f"{said}, got {value!r}") from None
    except ValueError:
        raise ValueError(f"{said}, got {value!r}") from None
    if kind.name == "word":  # none of those that would do
        raise (ValueError if isinstance(value, str) else TypeError)(f"{said}, got {value!r}")
    lacks = {"call": "__call__", "rng": "standard_normal"}.get(kind.name)
    if lacks and not hasattr(value, lacks):
        raise TypeError(f"{said}, got {value!r}")
    return value


def _index(value: Any) -> int:
    if isinstance(value, (float, np.floating)):
        raise ValueError
    return operator.index(value)


def _real(value: Any) -> float:
    if isinstance(value, (str, bytes)) or np.ndim(value) != 0 or np.iscomplexobj(value):
        raise TypeError
    return value if type(value) is int else float(value)


def _flag(value: Any) -> bool:
    if np.ndim(value) != 0 or value not in (0, 1):
        raise TypeError
    return bool(value)
