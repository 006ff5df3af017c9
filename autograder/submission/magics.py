"""What a notebook's cell is to Python: IPython's own transformation of magics, `!` and `?`.

A cell that is Python is left as it is, to the letter, whatever its lines begin with. Every line
keeps its number. IPython's transformer is loaded without the rest of IPython, which takes long to
import; where IPython is not installed, a small one knows the usual forms.
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from io import StringIO
from types import ModuleType
from typing import Any

__all__ = ["RUNNING", "is_python", "python_of"]

RUNNING = frozenset({"time", "capture", "prun", "memit", "pyinstrument", "snakeviz", "scalene"})
"""Magics that run what follows them in the notebook's own namespace."""

_MOST = 3_000_000  # magics times characters: some seconds
_SPECIAL = re.compile(r"^\s*[%!?/,;]|=\s*[%!]|\?|^\s*(?:>>>|In \[)", re.MULTILINE)
_CELL = re.compile(r"%%(\w[\w.-]*)[^\n]*")
_HELP = re.compile(r"^(\s*)(\??\??)([\w.%*]+)(\??\??)\s*;?\s*$")
_ESCAPED = re.compile(r"^(\s*)(%|!!?)(.*)$")
_ASSIGNED = re.compile(r"^(\s*[\w.,\s\[\]]+?=\s*)(%|!)(.*)$")


def python_of(source: str) -> str:
    """Return the Python that a notebook's cell stands for."""
    if not _SPECIAL.search(source) and not source[:1].isspace():
        return source
    lead = source[: len(source) - len(source.lstrip("\n"))]
    magic = _CELL.match(source, len(lead))
    if magic and magic.group(1) in RUNNING:
        return lead + python_of(source[magic.end() :])
    if is_python(source) or _costly(source):
        return source
    transform = _of_ipython() or _plain
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = transform(source[len(lead) :])
    except (SyntaxError, ValueError, RuntimeError, tokenize.TokenError):
        return source
    return lead + made.rstrip("\n")


def _costly(source: str) -> bool:
    """Tell whether a cell is written against the one who looks for its magics.

    For each of them the whole cell is taken apart anew.
    """
    return sum(1 for _ in _SPECIAL.finditer(source)) * len(source) > _MOST


def is_python(source: str) -> bool:
    """Tell whether the source is Python as it stands; a notebook may await anywhere."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# --- IPython's -----------------------------------------------------------------------------------


@cache
def _of_ipython() -> Callable[[str], str] | None:
    """Return IPython's transformation of a cell, made to keep lines; None without IPython."""
    try:
        with _package_alone("IPython", ("core", "utils")):
            from IPython.core.inputtransformer2 import TransformerManager

            manager = TransformerManager()
    except Exception:  # not installed, or not the IPython that is known here
        return None
    manager.token_transformers = [_keeping_lines(kind) for kind in manager.token_transformers]
    transform: Callable[[str], str] = manager.transform_cell
    return transform


@contextmanager
def _package_alone(name: str, rooms: tuple[str, ...]) -> Iterator[None]:
    """Let modules of a package be imported without the package's own `__init__`."""
    if name in sys.modules:
        yield
        return
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(name)
    place = list(spec.submodule_search_locations)
    for room in ("", *rooms):
        module = ModuleType(f"{name}.{room}".rstrip("."))
        module.__path__ = [f"{folder}/{room}" for folder in place]
        sys.modules[module.__name__] = module
    try:
        yield
    finally:
        for loaded in [key for key in sys.modules if key.partition(".")[0] == name]:
            del sys.modules[loaded]


def _keeping_lines(kind: Any) -> Any:
    """Have a transformer leave blank lines where it draws several lines into one."""

    class Kept(kind):  # type: ignore[misc]
        def transform(self, lines: list[str]) -> list[str]:
            made: list[str] = super().transform(lines)
            at = self.start_line + 1
            return [*made[:at], *["\n"] * (len(lines) - len(made)), *made[at:]]

    return Kept


# --- without IPython -----------------------------------------------------------------------------


def _plain(source: str) -> str:
    """Transform the usual forms, where a line begins a statement."""
    magic = _CELL.match(source)
    if magic:
        first, _, body = source.partition("\n")
        name, _, line = first[2:].partition(" ")
        return f"get_ipython().run_cell_magic({name!r}, {line!r}, {body!r})"
    made: list[str] = []
    waiting = source.split("\n")
    while waiting:
        line, lost = waiting.pop(0), 0
        if _is_special(line) and _begins_statement(made):
            while line.endswith("\\") and waiting:
                line, lost = line[:-1] + waiting.pop(0).lstrip(), lost + 1
            line = _one(line)
        made += [line, *[""] * lost]
    return "\n".join(made)


def _is_special(line: str) -> bool:
    asks = _HELP.match(line)
    return bool(
        _ESCAPED.match(line) or _ASSIGNED.match(line) or (asks and (asks.group(2) or asks.group(4)))
    )


def _one(line: str) -> str:
    escaped, assigned, asks = _ESCAPED.match(line), _ASSIGNED.match(line), _HELP.match(line)
    if asks and (asks.group(2) or asks.group(4)):
        return f"{asks.group(1)}get_ipython().run_line_magic('pinfo', {asks.group(3)!r})"
    found = escaped or assigned
    assert found is not None
    start, sign, rest = found.groups()
    if sign == "%":
        name, _, arguments = rest.partition(" ")
        return f"{start}get_ipython().run_line_magic({name!r}, {arguments!r})"
    return f"{start}get_ipython().{'getoutput' if assigned else 'system'}({rest!r})"


def _begins_statement(before: list[str]) -> bool:
    """Tell whether the lines so far end outside brackets, texts and continued lines."""
    if before and before[-1].endswith("\\"):
        return False
    try:
        for _ in tokenize.generate_tokens(StringIO("\n".join(before) + "\n").readline):
            pass
    except tokenize.TokenError:
        return False
    except SyntaxError:  # the indentation of an unfinished block
        return True
    return True
