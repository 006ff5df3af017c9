"""A submission's names and what makes each: parsed once, however often it is asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autograder.submission.bindings import bound, mentioned, statements
from autograder.submission.cells import Submission, SubmissionCell, parsed

__all__ = ["Maker", "Outline", "outline"]


@dataclass(frozen=True)
class Maker:
    """A statement of the module itself that gives a name its value.

    Attributes
    ----------
    cell : SubmissionCell
    line : int
        Of the cell's source, from 1.
    mentions : frozenset of str
        The names in it.
    alone : bool
        Whether what was there before is gone for certain: a definition, not in a condition.
    """

    cell: SubmissionCell
    line: int
    mentions: frozenset[str]
    alone: bool

    @property
    def statement(self) -> ast.stmt | None:
        """The statement, parsed anew: the trees of a whole submission would fill the memory."""
        tree = parsed(self.cell.source)
        return next(
            (p for p in statements(tree.body if tree else ()) if p.lineno == self.line), None
        )


class Outline:
    """What the names of a submission lean on among each other."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission

    @cached_property
    def _makers(self) -> dict[str, list[Maker]]:
        found: dict[str, list[Maker]] = {}
        for cell in self._submission.cells:
            tree = parsed(cell.source)
            for part in statements(tree.body if tree else ()):
                names = list(bound(part))
                if names:
                    maker = _maker(cell, part)
                    for name in names:
                        before = [] if maker.alone else found.get(name, [])
                        found[name] = [*before, maker]
        return found

    def of(self, name: str) -> list[Maker]:
        """Return the statements that make what `name` is, in order; a definition hides the rest."""
        return self._makers.get(name, [])

    def before(self, one: Maker, other: Maker) -> bool:
        """Tell whether one statement stands before another."""
        cells = [id(cell) for cell in self._submission.cells]
        places = [(cells.index(id(maker.cell)), maker.line) for maker in (one, other)]
        return places[0] < places[1]

    def makers(self, name: str) -> Iterator[Maker]:
        """Yield the statements that make what `name` is, and what those mention, and so on."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                for maker in self._makers.get(current, ()):
                    yield maker
                    waiting += maker.mentions - seen

    def uses(self, name: str) -> set[str]:
        """Return the names that a function mentions, itself or through what it mentions."""
        return {found for maker in self.makers(name) for found in maker.mentions} - {name}


@lru_cache(maxsize=1)
def outline(submission: Submission) -> Outline:
    """Return the outline of a submission; of the last one it is kept."""
    return Outline(submission)


def _maker(cell: SubmissionCell, part: ast.stmt) -> Maker:
    defines = isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return Maker(cell, part.lineno, frozenset(mentioned(part)), defines and part.col_offset == 0)
