"""The docstring is the contract: every shape it names is the shape that comes."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

from autograder.authoring.battery import STUDENTS
from autograder.values.compare import Raised
from tests.kit.battery import drawn, topic
from tests.solutions.test_battery import EXERCISES

_ENTRY = re.compile(r"^(\w+(?:, \w+)*) : (.*)$", re.MULTILINE)
_SHAPE = re.compile(r"ndarray of shape \(([^)]*)\)")


def section(docstring: str, title: str) -> str:
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", docstring, re.M | re.S)
    return found.group(1) if found else ""


def promised(text: str) -> list[str]:
    """Return the dimensions in a shape's text: "N, 3" gives ["N", "3"]."""
    return [part.strip() for part in text.split(",") if part.strip()]


def bind(symbols: dict[str, int], dims: list[str], shape: tuple[int, ...]) -> str | None:
    """Bind plain symbols to lengths; return what contradicts."""
    if len(dims) != len(shape):
        return f"({', '.join(dims)}) against {shape}"
    for dim, length in zip(dims, shape, strict=True):
        if dim.isdigit() and int(dim) != length:
            return f"{dim} against {length}"
        if dim.isidentifier() and symbols.setdefault(dim, length) != length:
            return f"{dim} = {symbols[dim]} against {length}"
    return None


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_shapes_in_the_docstring_are_true(name, exercise):
    authored = topic(name)
    docstring = authored.chapter.parts[exercise].docstring
    function = getattr(authored.solution, exercise)
    stated = {}
    for entry in _ENTRY.finditer(section(docstring, "Parameters")):
        shapes = _SHAPE.findall(entry.group(2))
        if len(shapes) == 1 and "..." not in shapes[0] and " or " not in entry.group(2):
            stated |= dict.fromkeys(entry.group(1).split(", "), promised(shapes[0]))
    returned = [promised(shape) for shape in _SHAPE.findall(section(docstring, "Returns"))]
    spec = authored.exercise(exercise)
    source = drawn(name, STUDENTS[0])
    for check in spec:
        if check.observe not in ("call", "collect"):
            continue
        for trial in source.trials(spec, check):
            symbols: dict[str, int] = {}
            given = inspect.signature(function).bind(*trial.case.args, **trial.case.kwargs)
            for key, value in given.arguments.items():
                if key in stated and isinstance(value, np.ndarray):
                    wrong = bind(symbols, stated[key], value.shape)
                    assert wrong is None, f"{check.name}: {key}: {wrong}"
            values = trial.expected
            values = values if isinstance(values, tuple) else (values,)
            if isinstance(trial.expected, Raised) or len(returned) != len(values):
                continue
            for dims, value in zip(returned, values, strict=True):
                if isinstance(value, np.ndarray) and "..." not in dims:
                    wrong = bind(symbols, dims, value.shape)
                    assert wrong is None, f"{check.name}: returned: {wrong}"


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_every_parameter_is_described(name, exercise):
    authored = topic(name)
    docstring = authored.chapter.parts[exercise].docstring
    described = {
        key
        for entry in _ENTRY.finditer(section(docstring, "Parameters"))
        for key in entry.group(1).split(", ")
    }
    parameters = inspect.signature(getattr(authored.solution, exercise)).parameters
    assert described == set(parameters)
