"""The text of a function that asks, in as few steps as can be, whether all is well already.

Arrays of one dtype and the right shapes, C-ordered and writable, whole numbers that are `int`: then
the kernel is called at once. Whatever does not fit is left to `settle`, which says what is wrong or
mends it; so a question too many here is never a mistake, and a question too few always is.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator, Set
from typing import Any

import numpy as np

from reference.contracts.bounds import within
from reference.contracts.grammar import Kind, Line
from reference.contracts.ready import DOUBLE, FLAG, SINGLE, WHOLE
from reference.contracts.settle import FUNCTIONS

__all__ = ["written"]

_SCOPE: dict[str, Any] = {
    **FUNCTIONS,
    "_ndarray": np.ndarray,
    "_single": SINGLE,
    "_double": DOUBLE,
    "_int": WHOLE,
    "_bool": FLAG,
    "_within": within,
    "_numpy_float": np.float64,
    "_numpy_int": np.int64,
    "_numpy_bool": np.bool_,
    "_inf": math.inf,
    "_nextafter": math.nextafter,
}
_PLAIN = {"real": "float", "int": "int", "flag": "bool"}
_FIT = re.compile(r"\bfit\(([^()]*)\)")


class _Miss(Exception):
    """Something is left to `settle`."""


_SCOPE["_Miss"] = _Miss


def _inlined(formula: str, worded: Set[str]) -> str:
    """Write out what ``fit(...)`` stands for: a call would cost as much as the rest.

    Parameters that are `worded` may be words, which only ``fit`` itself understands.
    """

    def out(found: re.Match[str]) -> str:
        given = [part.strip() for part in found[1].split(",")]
        if not worded.isdisjoint(given):
            return found[0]
        given = [part if part.isalnum() else f"({part})" for part in given]
        given += ("1", "0", "1")[len(given) - 2 :]
        size, kernel, stride, padding, dilation = given
        reach = kernel if dilation == "1" else f"({dilation} * ({kernel} - 1) + 1)"
        return f"(({size} + 2 * {padding} - {reach}) // {stride} + 1)"

    return _FIT.sub(out, formula)


class _Text:
    """Collects the lines of a function: what binds, then what is asked."""

    def __init__(self, line: Line) -> None:
        self.worded = frozenset(name for name, kind in line.kinds.items() if kind.words)
        self.lines: list[str] = []
        self.asked: list[str] = []  # since the last line
        self.late: list[str] = []  # asked when every symbol is known
        self.known: set[str] = set()
        self.unbound: set[str] = set()  # None until a list has a first part
        self.floats = 0
        self.names = 0

    def fresh(self) -> str:
        self.names += 1
        return f"_{self.names}"

    def flush(self, indent: str) -> None:
        """Write what was asked so far."""
        if self.asked:
            self.lines.append(f"{indent}if not ({' and '.join(self.asked)}): raise _Miss")
            self.asked = []

    def bind(self, dims: tuple[str, ...], shape: str, indent: str) -> None:
        """Unpack a shape: a symbol met first takes its length, what is known is compared."""
        if dims == ("...",):
            return
        if dims and dims[-1].startswith("*"):
            lead = len(dims) - 1
            if lead:
                self.bind(dims[:-1], f"{shape}[:{lead}]", indent)
                shape += f"[{lead}:]"
            symbol = dims[-1][1:]
            if symbol in self.known:
                self.open(symbol, shape, indent)
                self.asked.append(f"{shape} == {symbol}")
            else:
                self.known.add(symbol)
                self.lines.append(f"{indent}{symbol} = {shape}")
            return
        targets, first = [], len(self.lines)
        for dim in dims:
            symbol = dim.replace("'", "_next")
            if symbol.isidentifier() and symbol not in self.known:
                self.known.add(symbol)
                targets.append(symbol)
                continue
            targets.append(self.fresh())
            asked = f"{targets[-1]} == {_inlined(symbol, self.worded)}"
            (self.asked if symbol.isidentifier() or symbol.isdigit() else self.late).append(asked)
            self.open(symbol, targets[-1], indent)
        left = "".join(f"{target}, " for target in targets)
        self.lines.insert(first, f"{indent}{left}= {shape}" if left else f"{indent}() = {shape}")

    def open(self, symbol: str, found: str, indent: str) -> None:
        """Let a symbol that only a list binds take the length that is met first."""
        if symbol in self.unbound:
            self.lines.append(f"{indent}if {symbol} is None: {symbol} = {found}")


def _ask(text: _Text, kind: Kind, name: str, indent: str) -> None:
    """Write what is to be asked of one value."""
    if kind.array and kind.optional:
        _ask_optional(text, kind, name, indent)
    elif kind.array:
        _ask_array(text, kind, name, indent)
    elif kind.name == "tuple":
        names = [text.fresh() for _ in kind.parts]
        text.asked.append(f"{name}.__class__ is tuple")
        text.lines.append(f"{indent}{', '.join(names)}, = {name}")
        for part, one in zip(kind.parts, names, strict=True):
            _ask(text, part, one, indent)
    elif kind.name == "list":
        _ask_each(text, kind.parts[0], name, indent)
    else:
        if kind.name in _PLAIN:  # what NumPy took out of an array is as good
            plain = _PLAIN[kind.name]
            text.lines.append(
                f"{indent}if {name}.__class__ is _numpy_{plain}: {name} = {plain}({name})"
            )
        text.asked.extend(_ask_scalar(text, kind, name))


def _ask_each(text: _Text, part: Kind, name: str, indent: str) -> None:
    one = text.fresh()
    text.asked.append(f"{name}.__class__ is list")
    text.flush(indent)
    text.lines.append(f"{indent}for {one} in {name}:")
    for symbol in sorted(_symbols(part) - text.known):
        text.lines.insert(-1, f"{indent}{symbol} = None")
        text.unbound.add(symbol)
        text.known.add(symbol)
    before = set(text.known)
    _ask(text, part, one, indent + "    ")
    text.flush(indent + "    ")
    for symbol in sorted(text.known - before):
        if symbol.endswith("_next"):
            text.lines.append(f"{indent}    {symbol.removesuffix('_next')} = {symbol}")
    text.lines.append(f"{indent}    pass")
    text.known = before | {s.removesuffix("_next") for s in text.known if s.endswith("_next")}


def _symbols(kind: Kind) -> set[str]:
    """Return the symbols that all parts of a list share."""
    own = {dim.removeprefix("*") for dim in kind.dims or ()}
    return {dim for dim in own if dim.isidentifier()}.union(*map(_symbols, kind.parts))


def _ask_optional(text: _Text, kind: Kind, name: str, indent: str) -> None:
    """Write what is to be asked of an array that may be None: symbols may be without a length."""
    text.flush(indent)
    for symbol in sorted(_symbols(kind) - text.known):
        text.lines.append(f"{indent}{symbol} = None")
        text.unbound.add(symbol)
        text.known.add(symbol)
    first = len(text.late)
    text.lines.append(f"{indent}if {name} is not None:")
    _ask_array(text, kind, name, indent + "    ")
    text.flush(indent + "    ")
    text.late[first:] = [f"({name} is None or {asked})" for asked in text.late[first:]]


def _alike(one: str, other: str) -> str:
    """Ask for the same dtype: mostly the same object, but not where kept code made the array."""
    return f"({one} is {other} or {one} == {other})"


def _ask_array(text: _Text, kind: Kind, name: str, indent: str) -> None:
    text.asked.append(f"{name}.__class__ is _ndarray")
    text.bind(kind.dims or (), f"{name}.shape", indent)
    if kind.name == "kept":
        asked = f"{name}.dtype.kind in 'fiub' and {name}.dtype.isnative and {name}.flags.carray"
        text.asked.append(asked)
        return
    if kind.name != "float":
        text.asked.append(_alike(f"{name}.dtype", f"_{kind.name}"))
    elif text.floats == 0:
        text.lines.append(f"{indent}_kind = {name}.dtype")
        text.asked.append(
            "(_kind is _single or _kind is _double or _kind == _single or _kind == _double)"
        )
    else:
        text.asked.append(_alike(f"{name}.dtype", "_kind"))
    text.floats += kind.name == "float"
    text.asked.append(f"{name}.flags.carray")
    if kind.bounds:
        flat = name if len(kind.dims or ()) == 1 else f"{name}.reshape(-1)"
        text.late.append(f"_within({flat}, {', '.join(_ends(kind))})")


def _ends(kind: Kind) -> tuple[str, str]:
    """Return formulas of the least and the most that an array may hold."""
    whole = kind.name == "int"
    least, most = ("-(1 << 63)", "(1 << 63) - 1") if whole else ("-_inf", "_inf")
    for sign, limit in kind.bounds:
        step = {">=": "", "<=": "", ">": " + 1", "<": " - 1"}[sign]
        if step and not whole:
            limit, step = f"_nextafter({limit}, {'_inf' if sign == '>' else '-_inf'})", ""
        least, most = (limit + step, most) if sign[0] == ">" else (least, limit + step)
    return least, most


def _ask_scalar(text: _Text, kind: Kind, name: str) -> Iterator[str]:
    bounds = [f"{name} {sign} {_inlined(limit, text.worded)}" for sign, limit in kind.bounds]
    if kind.name in ("int", "real", "flag"):
        whole = {"int": f"{name}.__class__ is int", "flag": f"{name}.__class__ is bool"}
        plain = whole.get(kind.name, f"({name}.__class__ is float or {name}.__class__ is int)")
        asked = " and ".join([plain, *bounds])
        others = [f"{name} is None"] if kind.optional else []
        others += [f"{name} in {kind.words!r}"] if kind.words else []
        yield f"({' or '.join([*others, asked])})"
    elif kind.name == "word":
        yield f"{name} in {kind.words!r}"
    elif kind.name == "call":
        yield f"callable({name})"
    elif kind.name == "rng":
        yield f"hasattr({name}, 'standard_normal')"


def _ints(text: _Text, kind: Kind, name: str, indent: str) -> None:
    """Unpack a tuple of whole numbers, which may bind symbols."""
    if kind.dims is None:
        text.asked.append(f"{name}.__class__ is tuple")
        one = text.fresh()
        bounds = "".join(f" and {one} {sign} {limit}" for sign, limit in kind.bounds)
        text.late.append(f"all([{one}.__class__ is int{bounds} for {one} in {name}])")
        return
    text.asked.append(f"{name}.__class__ is tuple")
    text.lines.append(f"{indent}{', '.join(kind.dims)}, = {name}")
    text.known |= set(kind.dims)
    for dim in kind.dims:
        text.asked.append(f"{dim}.__class__ is int")
        text.asked.extend(f"{dim} {sign} {limit}" for sign, limit in kind.bounds)


def _signature(function: Callable[..., Any]) -> tuple[str, str, dict[str, Any]]:
    """Return the parameters with names of defaults, the arguments, and the defaults."""
    given, defaults = [], {}
    for parameter in inspect.signature(function).parameters.values():
        text = parameter.name
        if parameter.default is not parameter.empty:
            defaults[f"_of_{text}"] = parameter.default
            text += f"=_of_{text}"
        given.append(text)
    return ", ".join(given), ", ".join(inspect.signature(function).parameters), defaults


def _turn(kind: Kind) -> int:
    """Whole numbers that bind symbols come first, and what may be missing last."""
    return 0 if kind.name == "ints" else 2 if kind.array and kind.optional else 1


def written(function: Callable[..., Any], line: Line, settle: Callable[..., Any]) -> Any:
    """Return a function that calls `function` at once where all is well, and else `settle`."""
    given, passed, names = _signature(function)
    text, indent = _Text(line), " " * 8
    order = sorted(line.kinds.items(), key=lambda item: _turn(item[1]))
    for name, kind in order:
        (_ints if kind.name == "ints" else _ask)(text, kind, name, indent)
    text.asked += text.late + [f"({_inlined(condition, text.worded)})" for condition in line.where]
    text.flush(indent)
    body = "\n".join(text.lines) or f"{indent}pass"
    code = (
        f"def quick({given}):\n    try:\n{body}\n        _good = True\n"
        f"    except Exception:\n        _good = False\n"
        f"    if _good:\n        return _body({passed})\n    return _settle({passed})\n"
    )
    scope = {**_SCOPE, **names, "_body": function, "_settle": settle}
    exec(compile(code, f"<contract of {function.__name__}>", "exec"), scope)
    return scope["quick"]
