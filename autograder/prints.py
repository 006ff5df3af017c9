"""What the verdict on each exercise depends on besides the submission, as one hash an exercise.

A change of one exercise's checks changes the hash of that exercise and of those that need it. What
several exercises share (a helper, the chapter, the reference, the engine) changes them all.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Mapping

from autograder.catalogue import AuthoredTopic

__all__ = ["exercise_prints"]


def exercise_prints(topic: AuthoredTopic, shared: str) -> dict[str, str]:
    """Return the hash of each exercise; `shared` stands for all that is not in ``checks.py``."""
    text = (topic.folder / "checks.py").read_text(encoding="utf-8")
    own, rest = _pieces(text)
    needs = {exercise.name: exercise.needs for exercise in topic.exercises}
    if own.keys() != needs.keys():  # declared in a way that is not read here: all depend on all
        own, rest = {name: [] for name in needs}, [text]
    return {
        name: _hash([shared, *rest, *(text for need in _all(name, needs) for text in own[need])])
        for name in needs
    }


def _pieces(text: str) -> tuple[dict[str, list[str]], list[str]]:
    """Sort the statements of ``checks.py``: those of one exercise, by its name, and the others."""
    names: dict[str, str] = {}
    own: dict[str, list[str]] = {}
    rest: list[str] = []
    for statement in ast.parse(text).body:
        declared = _declared(statement)
        if declared:
            names[declared[0]] = declared[1]
        owner = names.get(declared[0] if declared else _owner(statement), "")
        written = ast.unparse(statement)  # without comments and layout
        own.setdefault(owner, []).append(written) if owner else rest.append(written)
    return own, rest


def _declared(statement: ast.stmt) -> tuple[str, str] | None:
    """Return the variable and the exercise's name of ``x = Exercise("name", ...)``."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=variable)],
            value=ast.Call(func=ast.Name(id="Exercise"), args=[ast.Constant(value=str(name)), *_]),
        ):
            return variable, name
    return None


def _owner(statement: ast.stmt) -> str:
    """Return the variable a check or a misconception is declared on, or ""."""
    node: ast.AST | None = None
    if isinstance(statement, ast.Expr):
        node = statement.value
    elif isinstance(statement, ast.FunctionDef) and statement.decorator_list:
        node = statement.decorator_list[0]
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _all(name: str, needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return `name` and, in order, all it needs."""
    found, left = [name], list(needs[name])
    while left:
        need = left.pop()
        if need not in found:
            found.append(need)
            left += needs.get(need, ())
    return sorted(found)


def _hash(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
