"""Which names a piece of a program binds in its module, and in which statement."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

__all__ = ["bindings", "bound", "mentioned", "statements"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
_NO_NODES = {int, str, type(None), bool, float, ast.Load, ast.Store}
_APART = (*_BLOCKS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def mentioned(tree: ast.AST) -> set[str]:
    """Return the names that stand in a tree, in a third of the time of a general walk."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node) is ast.Name:
            found.add(node.id)
            continue
        for value in vars(node).values():
            kind = type(value)
            if kind is list:
                waiting += [item for item in value if isinstance(item, ast.AST)]
            elif kind not in _NO_NODES and isinstance(value, ast.AST):
                waiting.append(value)
    return found


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run in the module itself, those inside blocks too, in order."""
    waiting = list[ast.AST](body)[::-1]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.stmt):
            yield part
        if not isinstance(part, _SCOPES):
            inner = [node for node in ast.iter_child_nodes(part) if isinstance(node, _BLOCKS)]
            waiting += inner[::-1]


def bindings(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements bind, in order."""
    for part in statements(body):
        yield from bound(part)


def bound(part: ast.stmt) -> Iterator[str]:
    """Yield the names one statement binds or deletes itself, those of inner ones left out."""
    if isinstance(part, _SCOPES):
        yield part.name
    elif isinstance(part, ast.Import | ast.ImportFrom):
        for item in part.names:
            if item.name != "*":
                yield item.asname or item.name.partition(".")[0]
    else:
        waiting: list[ast.AST] = [part]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id
            inner = [n for n in ast.iter_child_nodes(node) if not isinstance(n, _APART)]
            waiting += inner[::-1]
