"""Other right ways to write the exercises: read from `solutions/TOPIC/alternatives`, and locked.

A release carries them so that only a right function opens them (`topic.locked`): whoever passed
sees the same written otherwise; nobody else sees an answer.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from autograder.spec import Case, Check, Exercise
from autograder.topic.catalogue import AuthoredTopic
from autograder.topic.live import LiveSource
from autograder.topic.locked import LockError, key_of, locked, marks, nudged
from autograder.topic.trials import Trial
from autograder.topic.trusted import trusted_value
from autograder.values.compare import Raised

__all__ = ["alternatives", "extract", "locked_ways"]

Space: TypeAlias = Mapping[str, Callable[..., Any]]
CASES = 12  # of a check, whose results make the key


def alternatives(topic: AuthoredTopic) -> dict[str, Path]:
    """Return the files with other ways to write a topic, by their style."""
    return {path.stem: path for path in sorted((topic.folder / "alternatives").glob("*.py"))}


def extract(text: str, exercise: str, others: set[str]) -> str:
    """Return a function of a module with the helpers and imports that it uses, not `others`."""
    tree = ast.parse(text)
    made: dict[str, ast.stmt] = {}
    for node in tree.body:
        for name in _defined(node):
            made[name] = node
    if exercise not in made:
        return ""
    wanted, todo = set(), [exercise]
    while todo:
        name = todo.pop()
        if name in wanted or name not in made or (name in others and name != exercise):
            continue
        wanted.add(name)
        todo += [n.id for n in ast.walk(made[name]) if isinstance(n, ast.Name)]
    nodes = {id(made[name]): made[name] for name in wanted}
    parts = [_source(text, node) for node in tree.body if id(node) in nodes]
    return "\n\n".join(parts) + "\n"


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((name.asname or name.name).split(".")[0] for name in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))


def _source(text: str, node: ast.stmt) -> str:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return "\n".join(text.split("\n")[first - 1 : node.end_lineno])


def locked_ways(topic: AuthoredTopic, source: LiveSource) -> str:
    """Return the locked other ways of a topic as JSON; "" where it has none."""
    names = {exercise.name for exercise in topic.exercises}
    found = {}
    for style, path in alternatives(topic).items():
        text = path.read_text(encoding="utf-8")
        module = ModuleType(style)
        exec(compile(text, str(path), "exec"), vars(module))
        found[style] = (text, vars(module))
    ways = {}
    for exercise in topic.exercises if found else ():
        texts = {
            style: (extract(text, exercise.name, names), space)
            for style, (text, space) in found.items()
        }
        made = _locked(exercise, source, {s: t for s, t in texts.items() if t[0]})
        if made:
            ways[exercise.name] = made
    return json.dumps(ways, indent=1, sort_keys=True) + "\n" if ways else ""


def _locked(
    exercise: Exercise, source: LiveSource, texts: Mapping[str, tuple[str, Space]]
) -> dict[str, object] | None:
    """Lock what the alternatives say of an exercise, with results that each of them gives."""
    truth = source.authored.truth(exercise.name)
    for check, trials in _calls(exercise, source):
        cases = [nudged(trial.case) for trial in trials]
        results = _results(truth, exercise, check, cases)
        made = results and marks(results, [trial.expected for trial in trials])
        if not made:
            continue
        key, ways = key_of(results, made), {}
        for style, (text, space) in texts.items():
            own = _results(space, exercise, check, cases)
            with suppress(LockError):
                if own and key_of(own, made) == key:
                    ways[style] = locked(text, key)
        if ways:
            return {"check": check.name, "cases": len(cases), **made, "ways": ways}
    return None


def _results(space: Space, exercise: Exercise, check: Check, cases: Sequence[Case]) -> list[object]:
    """Return what a function gives for some cases; nothing where it raises."""
    found = [trusted_value(space, exercise.name, check, case) for case in cases]
    return [] if any(isinstance(value, Raised) for value in found) else found


def _calls(exercise: Exercise, source: LiveSource) -> Iterator[tuple[Check, Sequence[Trial]]]:
    """Yield the public checks that are one call each, with a few of their trials."""
    for check in exercise:
        if not check.hidden and check.observe == "call":
            yield check, source.trials(exercise, check)[:CASES]
