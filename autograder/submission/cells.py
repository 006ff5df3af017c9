"""A submission is a list of cells: what one is, and what it defines.

`script` and `notebooks` make cells of a text, `reading` of a file.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograder.submission.bindings import bindings, statements

__all__ = [
    "CHEAP_CODE",
    "DEFINES",
    "Submission",
    "SubmissionCell",
    "SubmissionError",
    "code_cells",
    "parsed",
]

CHEAP_CODE = 48 << 10  # characters of a cell; parsing takes up to a kilobyte for each
DEFINES = re.compile(r"^(?:async\s+def|def|class)\s+([^\W\d]\w*)", re.MULTILINE)


class SubmissionError(Exception):
    """A submission that cannot be read; the message says what is wrong and what to do.

    Parameters
    ----------
    message : str
    fault : bool
        Whether that is ours (the file may not be opened): then there is no verdict on it.
    stopped : str
        What its reader did when it was ended for lack of time; "" otherwise.
    """

    def __init__(self, message: str, *, fault: bool = False, stopped: str = "") -> None:
        super().__init__(message)
        self.fault, self.stopped = fault, stopped


@dataclass(frozen=True)
class SubmissionCell:
    """One cell of code.

    Attributes
    ----------
    source : str
    name : str
        For messages: the file's name, or ``cell 7`` of a notebook.
    line : int
        Line of the file (or of the cell) at which the source begins, from 1.
    kind : str
        ``"code"`` or ``"markdown"``; ``"python"``: the version a notebook says it ran with.
    tags : tuple of str
    grade_id : str or None
        nbgrader's name of the cell.
    remark : str
        What the student should know of how the cell was read.
    """

    source: str
    name: str
    line: int = 1
    kind: str = "code"
    tags: tuple[str, ...] = ()
    grade_id: str | None = None
    remark: str = ""

    def defines(self) -> tuple[str, ...]:
        """Names of the functions and classes defined here, inside blocks and conditions too."""
        return _defined(self.source)

    def binds(self) -> frozenset[str]:
        """Names that get a value here, in whatever way."""
        return _bound(self.source)


_KEPT = 64 << 10  # characters of code whose trees are kept: one submission's, mostly
_trees: dict[str, ast.Module | None] = {}


def parsed(source: str) -> ast.Module | None:
    """Parse code quietly; None if it cannot be parsed.

    Of what was asked last, trees are kept, as far as the code is short: a large tree costs memory.
    """
    tree = _trees.pop(source) if source in _trees else _parsed(source)
    _trees[source] = tree  # the last one is kept in any case
    kept = sum(map(len, _trees))
    for old in list(_trees)[:-1]:
        if kept <= _KEPT:
            break
        del _trees[old]
        kept -= len(old)
    return tree


def _parsed(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(512)
def _defined(source: str) -> tuple[str, ...]:
    tree = parsed(source) if len(source) <= CHEAP_CODE else None
    if tree is None:
        return tuple(DEFINES.findall(source))
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return tuple(part.name for part in statements(tree.body) if isinstance(part, scopes))


@lru_cache(512)
def _bound(source: str) -> frozenset[str]:
    tree = parsed(source) if len(source) <= CHEAP_CODE else None
    return frozenset(DEFINES.findall(source) if tree is None else bindings(tree.body))


@dataclass(frozen=True)
class Submission:
    """What a student handed in: its cells of code, where from, and the Python it was run with."""

    name: str
    cells: tuple[SubmissionCell, ...]
    origin: str = ""
    python: str = ""

    @property
    def remarks(self) -> list[str]:
        """What the student should know of how the file was read."""
        return [f"{cell.name}: {cell.remark}" for cell in self.cells if cell.remark]

    @property
    def digest(self) -> str:
        """Hash of all that runs: two programs with one digest would meet the same cases.

        The text of the cells as it stands: code can read in which line and column it lies, so
        comments and layout can hold a table. What the file is called, and what lies between its
        cells, no program is told where it is graded; so a module and its notebook have one digest.
        """
        import hashlib  # not needed for a self-check, which is to start fast

        digest = hashlib.sha256()
        for cell in self.cells:
            raw = cell.source.encode("utf-8", "surrogatepass")
            digest.update(f"{len(raw)} ".encode() + raw)
        return digest.hexdigest()


def code_cells(cells: Sequence[SubmissionCell]) -> tuple[SubmissionCell, ...]:
    """Keep what runs in grading: code, without graded cells and rewards."""
    return tuple(
        cell
        for cell in cells
        if cell.kind == "code" and not cell.grade_id and "reward" not in cell.tags
    )
