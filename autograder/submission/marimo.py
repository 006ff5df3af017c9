"""marimo's notebooks: modules in which each cell is the body of a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from textwrap import dedent

__all__ = ["is_marimo", "without_wrapping"]

_APP = re.compile(r"^app = marimo\.App\(", re.MULTILINE)
_CELL = re.compile(r"^@app\.cell\b")
_WHOLE = re.compile(r"^@app\.(?:function|class_definition)\b")
_SETUP = re.compile(r"^with app\.setup\b")
_RUN = re.compile(r"^if __name__ ==")


def is_marimo(text: str) -> bool:
    """Tell whether a module is a notebook of marimo's."""
    return bool(_APP.search(text)) and text.lstrip().startswith(("import marimo", "# /// script"))


def without_wrapping(text: str) -> str:
    """Return the module with its cells in percent format, each line in its place.

    The line of a cell's decorator becomes its marker; what a cell hands on by ``return`` is there
    for all as it is.
    """
    lines = text.split("\n")
    starts = [k for k, line in enumerate(lines) if _begins(line)] + [len(lines)]
    made = [line if line.startswith("#") else "" for line in lines[: starts[0]]]
    for start, end in pairwise(starts):
        made += _cell(lines[start:end])
    return "\n".join(made)


def _begins(line: str) -> bool:
    return any(form.match(line) for form in (_CELL, _WHOLE, _SETUP, _RUN))


def _cell(lines: list[str]) -> Iterator[str]:
    yield "# %%"
    if _WHOLE.match(lines[0]):
        yield from lines[1:]
    elif _RUN.match(lines[0]):
        yield from [""] * (len(lines) - 1)
    else:
        head = next((k for k, line in enumerate(lines) if line.rstrip().endswith(":")), 0)
        body = dedent("\n".join(lines[head + 1 :])).split("\n")
        yield from [""] * head
        handed = [k for k, line in enumerate(body) if line.startswith("return")]
        end = handed[-1] if handed else len(body)
        yield from (line if k < end else "" for k, line in enumerate(body))
