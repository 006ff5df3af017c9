"""Static rules: names an exercise is to be written without.

They read the text and say at once what is wrong, and where; `sandbox.inside.withheld` keeps the
functions themselves back in official grading, whatever name they are reached by.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from autograder.spec import Exercise
from autograder.submission.bindings import mentioned
from autograder.submission.cells import Submission, SubmissionCell, parsed
from autograder.submission.locate import defined
from autograder.submission.outline import outline

__all__ = ["Use", "forbidden"]

_SHORT = {"numpy": "np"}


@dataclass(frozen=True)
class Use:
    """Where a forbidden name stands."""

    name: str
    cell: str
    line: int

    def __str__(self) -> str:
        return f"{self.name} (line {self.line} of {self.cell})"


def forbidden(submission: Submission, exercise: Exercise) -> list[Use]:
    """Return the forbidden names that the exercise's function reaches, each where it first stands.

    ``"np.convolve"`` matches the attribute chain however NumPy is called and ``from numpy import
    convolve``; a plain name such as ``"eval"`` matches the name. What the function does not reach,
    a comparison beside it or another exercise, is not looked at.
    """
    if not exercise.forbid:
        return []
    given = _given(submission)
    stars = _stars(submission)
    found: dict[str, Use] = {}
    for maker in outline(submission).makers(exercise.name):
        part = maker.statement
        if part is None or isinstance(part, ast.Import | ast.ImportFrom):
            continue  # an import brings a name; using it is what counts
        aliases = {**given, **_aliases(part, given)}
        for name, line in _used(part, aliases, stars):
            use = Use(name, maker.cell.name, maker.cell.line + line - 1)
            if name in exercise.forbid and _before(use, found.get(name)):
                found[name] = use
    return [found[name] for name in exercise.forbid if name in found]


def _before(use: Use, other: Use | None) -> bool:
    return other is None or (use.cell == other.cell and use.line < other.line)


@lru_cache(maxsize=1)
def _given(submission: Submission) -> dict[str, str]:
    """Return what the names stand for that the module's own lines import or rename."""
    aliases: dict[str, str] = {}
    for cell in submission.cells:
        tree = parsed(cell.source)
        for part in tree.body if tree else ():
            if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                aliases |= _aliases(part, aliases)
    return aliases


@lru_cache(maxsize=1)
def _stars(submission: Submission) -> dict[str, str]:
    """Return the names that ``from numpy import *`` gives and nothing else does, as far as used."""
    if not any(map(_starred, submission.cells)):
        return {}
    names = {
        name
        for cell in submission.cells
        for name in mentioned(parsed(cell.source) or ast.Module([], []))
    }
    names -= defined(submission) | set(dir(builtins))
    return {name: f"np.{name}" for name in names}


def _starred(cell: SubmissionCell) -> bool:
    """Whether a cell imports all that NumPy has."""
    tree = parsed(cell.source) if "import" in cell.source else None
    return tree is not None and any(
        isinstance(node, ast.ImportFrom)
        and node.module == "numpy"
        and any(item.name == "*" for item in node.names)
        for node in ast.walk(tree)
    )


def _aliases(part: ast.AST, known: dict[str, str]) -> dict[str, str]:
    """Return what the names stand for that a statement imports or renames, functions included."""
    aliases: dict[str, str] = {}
    for node in ast.walk(part):
        if isinstance(node, ast.Import):
            for item in node.names:
                head = item.asname or item.name.partition(".")[0]
                aliases[head] = _short(item.name if item.asname else head)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                aliases[item.asname or item.name] = f"{_short(node.module)}.{item.name}"
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            chain = _resolved(node.value, {**known, **aliases})
            if chain and chain.partition(".")[0] in {*known.values(), *aliases.values(), "np"}:
                aliases[node.targets[0].id] = chain
    return aliases


def _used(
    part: ast.AST, aliases: dict[str, str], stars: dict[str, str]
) -> Iterator[tuple[str, int]]:
    """Yield each name and attribute chain of a statement with its line, aliases resolved."""
    for node in ast.walk(part):
        if isinstance(node, ast.Name):
            yield aliases.get(node.id, stars.get(node.id, node.id)), node.lineno
        elif isinstance(node, ast.Attribute | ast.Call):
            chain = _resolved(node, aliases)
            if chain:
                yield chain, node.lineno


def _resolved(node: ast.expr, aliases: dict[str, str]) -> str:
    """Return ``np.convolve`` for what stands for it: a chain, or a `getattr` with a plain text."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call) and _is_getattr(node):
            parts.append(ast.literal_eval(node.args[1]))
            node = node.args[0]
        else:
            return ""
    return ".".join([aliases.get(node.id, node.id), *reversed(parts)])


def _is_getattr(node: ast.Call) -> bool:
    called = isinstance(node.func, ast.Name) and node.func.id == "getattr"
    plain = len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    return called and plain and isinstance(ast.literal_eval(node.args[1]), str)


def _short(module: str) -> str:
    head, dot, rest = module.partition(".")
    return _SHORT.get(head, head) + dot + rest
