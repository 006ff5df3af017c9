"""A submission's functions and what each mentions: parsed once, however often it is asked."""

from __future__ import annotations

import ast
from functools import cached_property

from autograder.submission.cells import Submission
from autograder.submission.locate import parsed

__all__ = ["Outline"]


class Outline:
    """What the functions of a submission lean on among each other."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission

    @cached_property
    def _mentions(self) -> dict[str, set[str]]:
        """Names that each function of the top level mentions; of two of one name the last."""
        found: dict[str, set[str]] = {}
        for cell in self._submission.cells:
            tree = parsed(cell.source)
            for node in tree.body if tree else ():
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    names = (n.id for n in ast.walk(node) if isinstance(n, ast.Name))
                    found[node.name] = set(names)
        return found

    def uses(self, name: str) -> set[str]:
        """Return the names that a function mentions, itself or through functions it mentions."""
        seen: set[str] = set()
        waiting = {name}
        while waiting:
            current = waiting.pop()
            seen.add(current)
            waiting |= self._mentions.get(current, set()) - seen
        return seen - {name}
