"""Static rules: names an exercise is to be written without.

They read the text and say at once what is wrong; `sandbox.inside.withheld` keeps the functions
themselves back in official grading, whatever name they are reached by.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from autograder.spec import Exercise
from autograder.submission.cells import Submission

__all__ = ["forbidden"]

_ALIASES = {"numpy": "np", "scipy": "scipy"}


def forbidden(submission: Submission, exercise: Exercise) -> list[str]:
    """Return the forbidden names used by the cell that defines the exercise or by its helpers.

    ``"np.convolve"`` matches the attribute chain however NumPy is called and ``from numpy import
    convolve``; a plain name such as ``"eval"`` matches the name.
    """
    if not exercise.forbid:
        return []
    relevant = [
        cell
        for cell in submission.cells
        if exercise.name in cell.defines() or len(cell.defines()) != 1
    ]
    found = {name for cell in relevant for name in _used(cell.source)}
    return [name for name in exercise.forbid if name in found]


def _used(source: str) -> Iterator[str]:
    """Yield each name and attribute chain of the source, aliases of modules resolved."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the cell does not run either
    aliases = dict(_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield aliases.get(node.id, node.id)
        elif isinstance(node, ast.Attribute):
            chain = _chain(node)
            if chain:
                head, _, rest = chain.partition(".")
                yield f"{aliases.get(head, head)}.{rest}"


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                yield item.asname or item.name, _short(item.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                yield item.asname or item.name, f"{_short(node.module)}.{item.name}"


def _short(module: str) -> str:
    head, dot, rest = module.partition(".")
    return _ALIASES.get(head, head) + dot + rest


def _chain(node: ast.Attribute) -> str:
    parts = [node.attr]
    value: ast.expr = node.value
    while isinstance(value, ast.Attribute):
        parts.append(value.attr)
        value = value.value
    if not isinstance(value, ast.Name):
        return ""
    return ".".join([value.id, *reversed(parts)])
