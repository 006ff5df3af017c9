"""Finding one's way in a submission: the cell of a line, the lines around it, a definition."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from autograder.submission.bindings import statements
from autograder.submission.cells import Submission, SubmissionCell, parsed

__all__ = [
    "Definition",
    "cell_at",
    "defined",
    "definition",
    "definitions",
    "excerpt",
]

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


def definitions(submission: Submission, name: str) -> list[Definition]:
    """Return the definitions of the function `name` in the module itself, in order."""
    found = []
    for cell in submission.cells:
        tree = parsed(cell.source) if name in cell.defines() else None
        for part in statements(tree.body if tree else ()):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name == name:
                found.append(Definition(cell, part))
    return found


def definition(submission: Submission, name: str) -> Definition | None:
    """Return the last definition of the function `name`, as Python sees it."""
    return next(iter(definitions(submission, name)[::-1]), None)


def defined(submission: Submission) -> set[str]:
    """Return the names of the functions and classes, and what else gets a value."""
    return {name for cell in submission.cells for name in cell.binds()}


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
