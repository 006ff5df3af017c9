"""The docstring is the contract: whether the shapes it names are the shapes that come."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import numpy as np

from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.live import LiveSource
from autograder.topic.trials import Trial
from autograder.values.compare import Raised

__all__ = ["broken_promises", "described"]

_ENTRY = re.compile(r"^(\w+(?:, \w+)*) : (.*)$", re.MULTILINE)
_SHAPE = re.compile(r"ndarray of shape \(([^)]*)\)")


def described(docstring: str) -> set[str]:
    """Return the parameters that a docstring describes."""
    entries = _ENTRY.finditer(_section(docstring, "Parameters"))
    return {name for entry in entries for name in entry[1].split(", ")}


def broken_promises(topic: AuthoredTopic, name: str, source: LiveSource) -> Iterator[str]:
    """Yield where an exercise's docstring says another shape than its cases have, by check."""
    docstring = topic.chapter.parts[name].docstring
    signature = inspect.signature(getattr(topic.solution, name))
    stated, returned = _stated(docstring), _shapes(_section(docstring, "Returns"))
    exercise = topic.exercise(name)
    for check in exercise:
        if check.observe in ("call", "collect"):
            for trial in source.trials(exercise, check):
                wrong = _wrong(signature, stated, returned, trial)
                if wrong:
                    yield f"{check.name}: {wrong}"
                    break


def _section(docstring: str, title: str) -> str:
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", docstring, re.M | re.S)
    return found[1] if found else ""


def _shapes(text: str) -> list[list[str]]:
    """Return the dimensions of each shape in a text: "(N, 3)" gives ["N", "3"]."""
    parts = (shape.split(",") for shape in _SHAPE.findall(text))
    return [[dim.strip() for dim in shape if dim.strip()] for shape in parts]


def _stated(docstring: str) -> dict[str, list[str]]:
    """Return the dimensions of each parameter that has one shape."""
    stated: dict[str, list[str]] = {}
    for entry in _ENTRY.finditer(_section(docstring, "Parameters")):
        shapes = _shapes(entry[2])
        if len(shapes) == 1 and "..." not in shapes[0] and " or " not in entry[2]:
            stated |= dict.fromkeys(entry[1].split(", "), shapes[0])
    return stated


def _wrong(
    signature: inspect.Signature,
    stated: dict[str, list[str]],
    returned: list[list[str]],
    trial: Trial,
) -> str:
    """Return what one case contradicts, or ""."""
    symbols: dict[str, int] = {}
    given = signature.bind(*trial.case.args, **trial.case.kwargs)
    for key, value in given.arguments.items():
        if key in stated and isinstance(value, np.ndarray):
            wrong = _bound(symbols, stated[key], value.shape)
            if wrong:
                return f"{key}: the docstring says {wrong}"
    values = trial.expected if isinstance(trial.expected, tuple) else (trial.expected,)
    if isinstance(trial.expected, Raised) or len(returned) != len(values):
        return ""
    for dims, value in zip(returned, values, strict=True):
        if isinstance(value, np.ndarray) and "..." not in dims:
            wrong = _bound(symbols, dims, value.shape)
            if wrong:
                return f"returned: the docstring says {wrong}"
    return ""


def _bound(symbols: dict[str, int], dims: list[str], shape: tuple[int, ...]) -> str:
    """Bind plain symbols to lengths; return what contradicts."""
    if len(dims) != len(shape):
        return f"({', '.join(dims)}), the case has {shape}"
    for dim, length in zip(dims, shape, strict=True):
        if dim.isdigit() and int(dim) != length:
            return f"{dim}, the case has {length}"
        if dim.isidentifier() and symbols.setdefault(dim, length) != length:
            return f"{dim}, which is {symbols[dim]} elsewhere, and the case has {length}"
    return ""
