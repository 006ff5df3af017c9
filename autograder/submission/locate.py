"""Finding one's way in a submission: the cell of a line, the lines around it, a definition."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import lru_cache

from autograder.submission.cells import Submission, SubmissionCell

__all__ = ["Definition", "cell_at", "defined", "definition", "excerpt", "uses"]

WIDTH = 100  # characters of a line that are shown


@dataclass(frozen=True)
class Definition:
    """Where a submission defines a function."""

    cell: SubmissionCell
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def line(self) -> int:
        """Its line in the file (of the cell, in a notebook)."""
        return self.cell.line + self.node.lineno - 1

    @property
    def end(self) -> int:
        """Its last line."""
        return self.cell.line + (self.node.end_lineno or self.node.lineno) - 1

    @property
    def place(self) -> str:
        """The place in words."""
        return f"{self.cell.name}, line {self.line}"


@lru_cache(maxsize=1)  # asked for one cell again and again; a second large tree costs memory
def parsed(source: str) -> ast.Module | None:
    """Parse code quietly; None if it cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def definition(submission: Submission, name: str) -> Definition | None:
    """Return the last definition of the function `name` at the top level, as Python sees it."""
    for cell in reversed(submission.cells):
        if name not in cell.defines():
            continue
        tree = parsed(cell.source)
        for node in reversed(tree.body if tree else []):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                return Definition(cell, node)
    return None


def defined(submission: Submission) -> set[str]:
    """Return the names of the functions and classes that start a line."""
    return {name for cell in submission.cells for name in cell.defines()}


def uses(submission: Submission, name: str) -> set[str]:
    """Return the names that a function mentions, itself or through functions it mentions."""
    seen: set[str] = set()
    waiting = {name}
    while waiting:
        current = waiting.pop()
        seen.add(current)
        found = definition(submission, current)
        for node in ast.walk(found.node) if found else ():
            if isinstance(node, ast.Name) and node.id not in seen:
                waiting.add(node.id)
    return seen - {name}


def cell_at(submission: Submission, cell: str | None, line: int | None) -> SubmissionCell | None:
    """Return the cell called `cell` (of a script: of that file) that holds `line`."""
    for found in submission.cells:
        if found.name != cell or line is None:
            continue
        if found.line <= line <= found.line + found.source.count("\n"):
            return found
    return None


def excerpt(submission: Submission, cell: str | None, line: int | None, around: int = 1) -> str:
    """Return numbered lines around `line`, which is marked by ``>``; ``""`` if it is not there."""
    found = cell_at(submission, cell, line)
    if found is None or line is None:
        return ""
    lines = found.source.split("\n")
    here = line - found.line
    shown = range(max(0, here - around), min(len(lines), here + around + 1))
    digits = len(str(found.line + shown[-1]))
    return "\n".join(
        f"{'>' if k == here else ' '} {found.line + k:>{digits}} | {_cut(lines[k])}".rstrip()
        for k in shown
        if k == here or lines[k].strip()
    )


def _cut(text: str) -> str:
    text = text.expandtabs(4)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
