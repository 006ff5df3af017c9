"""Signatures in words: how a student's function departs from what is asked, and what a call was."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder import observe

__all__ = [
    "Parameter",
    "call_text",
    "mismatch",
    "parameters",
    "plain_signature",
    "value_text",
    "way_text",
]

SHORT = 6  # numbers up to which an array is written out
_CHAINED = "{n} calls, each on what the one before gave; the first: {call}"
_WAYS = {
    "collect": "the items of {call}",
    "at": "some entries of {call}",
    "again": "whether the same call gives the same again: {call}",
    "iterate": _CHAINED,
    "scan": _CHAINED,
    "fold": _CHAINED,
    "descend": "{n} steps downhill, each from where the one before ended; the first: {call}",
    "descend_on": "{n} steps downhill, each from where the one before ended; the first: {call}",
    "linear": "f(ax + by) − a·f(x) − b·f(y), which should vanish; the first call: {call}",
    "fires": "what the threshold units of {call} answer",
    "sum_of": "the sum of {call}",
    "sample": "statistics of many draws; the first call: {call}",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function.

    Attributes
    ----------
    name : str
    default : str or None
        Its source, if it has one.
    kind : str
        ``""``, ``"*"`` (takes the rest), ``"**"`` or ``"keyword"``.
    """

    name: str
    default: str | None = None
    kind: str = ""

    def __str__(self) -> str:
        """Write it as in a ``def`` line."""
        text = f"{self.kind if self.kind != 'keyword' else ''}{self.name}"
        return text if self.default is None else f"{text}={self.default}"


def parameters(given: ast.arguments | str) -> list[Parameter]:
    """Return the parameters of ``name(...)`` as text, or of a parsed function."""
    if isinstance(given, str):
        function = ast.parse(f"def {given}: pass").body[0]
        assert isinstance(function, ast.FunctionDef)
        given = function.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + [
        ast.unparse(d) for d in given.defaults
    ]
    found = [Parameter(arg.arg, default) for arg, default in zip(plain, defaults, strict=True)]
    if given.vararg:
        found.append(Parameter(given.vararg.arg, kind="*"))
    for arg, node in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(Parameter(arg.arg, ast.unparse(node) if node else None, "keyword"))
    if given.kwarg:
        found.append(Parameter(given.kwarg.arg, kind="**"))
    return found


def mismatch(asked: str, given: Sequence[Parameter]) -> str:
    """Say how `given` departs from the signature `asked` in a way that can matter, or ``""``."""
    wanted = parameters(asked)
    names, theirs = [p.name for p in wanted], [p.name for p in given]
    loose = {p.kind for p in given} & {"*", "**"}
    missing = [p.name for p in wanted if p.name not in theirs]
    extra = [p.name for p in given if p.name not in names and p.default is None and not p.kind]
    said = []
    if missing and not loose:
        said.append(f"lacks the parameter{_s(missing)} {_and(missing)}")
    if extra and not loose:
        said.append(f"asks for {_and(extra)} that nobody gives")
    shared = [name for name in theirs if name in names]
    if not said and shared != [name for name in names if name in shared]:
        said.append("has its parameters in another order")
    defaults = {p.name: p.default for p in given}
    lost = [
        f"{p.name}={p.default}"
        for p in wanted
        if p.default is not None and p.name in defaults and defaults[p.name] is None and not p.kind
    ]
    if lost:
        said.append(f"lacks the default{_s(lost)} {_and(lost)}")
    return " and ".join(said)


def plain_signature(asked: str) -> str:
    """Return ``name(...)`` without annotations."""
    return f"{asked.split('(', 1)[0]}({', '.join(map(str, parameters(asked)))})"


def _s(items: Sequence[str]) -> str:
    return "s" if len(items) > 1 else ""


def _and(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def call_text(signature: str, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    """Write a call: ``lif_step(v=float64 array (3, 4), dt=0.1)``."""
    wanted = parameters(signature)
    names = [p.name for p in wanted if not p.kind]
    said = [
        f"{names[k]}={value_text(value)}" if k < len(names) else value_text(value)
        for k, value in enumerate(args)
    ]
    said += [f"{name}={value_text(value)}" for name, value in kwargs.items()]
    return f"{signature.split('(', 1)[0]}({', '.join(said)})"


def value_text(value: object) -> str:
    """Write a value briefly: small ones in full, large ones by dtype and shape."""
    if isinstance(value, np.ndarray):
        if 0 < value.size <= SHORT and value.ndim <= 2:
            return _numbers(value.tolist()) + (" (float32)" if value.dtype == np.float32 else "")
        return f"{value.dtype} array {value.shape}"
    if isinstance(value, tuple | list):
        inner = [value_text(item) for item in value]
        if len(inner) > 4 and any(isinstance(item, np.ndarray | tuple | list) for item in value):
            inner = [*inner[:2], f"… {len(inner) - 2} more"]
        elif len(inner) > SHORT:
            inner = [*inner[:3], f"… {len(inner) - 3} more"]
        text = ", ".join(inner)
        return f"[{text}]" if isinstance(value, list) else f"({text})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {value_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, observe.Seed):
        return f"np.random.default_rng({value.value})"
    if isinstance(value, observe.Function):
        return f"a function ({value.name.replace('_', ' ')})"
    if isinstance(value, observe.Env):
        return f"an environment ({value.name})"
    return "a function" if callable(value) else _numbers(value)


def _numbers(value: object) -> str:
    """Write numbers with at most four digits."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_numbers, value)) + "]"
    if isinstance(value, np.generic):
        value = value.item()
    return f"{value:.4g}" if isinstance(value, float) else repr(value)


def way_text(driver: str, calls: int, call: str) -> str:
    """Say how a driver used the call."""
    default = "{call}" if calls == 1 else "{n} calls; the first: {call}"
    return _WAYS.get(driver, default).format(n=calls, call=call)
