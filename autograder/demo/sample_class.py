"""A class of made-up students: right answers in several styles, real mistakes, and trouble.

Answers come from the worked solutions: rewritten in another style, or with a misconception put in.
The broken and hostile ones are written by hand. Everything follows from the student's name, so the
same class comes out each time.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence

from autograder.spec import Exercise, Misconception
from autograder.topic.catalogue import AuthoredTopic

__all__ = ["KINDS", "SAMPLE_CLASS", "hand_in", "mixture"]

Answers = dict[str, str]

# --- styles: other ways to write the same right answer -------------------------------------------


def as_taught(source: str) -> str:
    """Keep the solution, without its markers."""
    return re.sub(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", "", source, flags=re.MULTILINE)


def renamed(source: str) -> str:
    """Give every local variable another name."""
    tree = ast.parse(source)
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    nodes = list(ast.walk(tree))
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound = {name for n in nodes if isinstance(n, inner) for name in _arguments(n.args)}
    shared = {name for n in nodes if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names}
    local = stored - bound - shared
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in local:
            node.id = f"my_{node.id}"
    return ast.unparse(tree) + "\n"


def _arguments(node: ast.arguments) -> set[str]:
    return {found.arg for found in ast.walk(node) if isinstance(found, ast.arg)}


def stepwise(source: str) -> str:
    """Name each result before it is returned."""
    tree = ast.parse(source)

    class Name(ast.NodeTransformer):
        def visit_Return(self, node: ast.Return) -> object:
            if node.value is None:
                return node
            keep = ast.parse("answer = 0\nreturn answer").body
            assert isinstance(keep[0], ast.Assign)
            keep[0].value = node.value
            return keep

    return ast.unparse(ast.fix_missing_locations(Name().visit(tree))) + "\n"


def with_helper(source: str) -> str:
    """Do the work in a function inside the function."""
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    first = function.body[0]
    described = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    text, work = function.body[:described], function.body[described:]
    given = _arguments(function.args)
    changed = {n.id for w in work for n in ast.walk(w) if _is_store(n) and isinstance(n, ast.Name)}
    if given & changed:  # an argument that is assigned anew would become local to the helper
        return stepwise(source)
    helper = ast.parse("def work():\n    pass\nreturn work()").body
    assert isinstance(helper[0], ast.FunctionDef)
    helper[0].body = work
    function.body = [*text, *helper]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _is_store(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


STYLES: tuple[Callable[[str], str], ...] = (as_taught, renamed, stepwise, with_helper)

# --- what is handed in ---------------------------------------------------------------------------


def right(topic: AuthoredTopic, rng: random.Random, style: int | None = None) -> Answers:
    """Return a right answer to every exercise, all in one style."""
    write = STYLES[rng.randrange(len(STYLES)) if style is None else style % len(STYLES)]
    return {name: write(as_taught(part.cell.source)) for name, part in topic.chapter.parts.items()}


def mistakes(topic: AuthoredTopic, rng: random.Random, most: int = 4) -> Answers:
    """Return right answers but for a few misconceptions."""
    answers = right(topic, rng, 0)
    for exercise in rng.sample(topic.exercises, min(len(topic.exercises), rng.randint(1, most))):
        wrong = [belief for belief in exercise.misconceptions if belief.replace]
        if wrong:
            answers[exercise.name] = misconceived(topic, exercise, rng.choice(wrong))
    return answers


def misconceived(topic: AuthoredTopic, exercise: Exercise, belief: Misconception) -> str:
    """Return the answer of someone who holds a wrong belief."""
    return as_taught(topic.chapter.variant(exercise.name, belief.replace, belief.by))


def half(topic: AuthoredTopic, rng: random.Random) -> Answers:
    """Return right answers to the first half of the exercises."""
    names = list(topic.chapter.parts)
    answers = right(topic, rng)
    return {name: answers[name] for name in names[: max(1, len(names) // 2)]}


def empty(topic: AuthoredTopic, rng: random.Random) -> Answers:
    """Return nothing: the notebook as it was given out."""
    return {}


def syntax_error(topic: AuthoredTopic, rng: random.Random) -> Answers:
    """Return right answers, one with a colon forgotten."""
    answers = right(topic, rng, 0)
    name = rng.choice(list(answers))
    answers[name] = answers[name].rstrip() + "\n    if True\n        pass\n"
    return answers


def endless(topic: AuthoredTopic, rng: random.Random) -> Answers:
    """Return right answers, one of which never ends."""
    return _with_body(topic, rng, "while True:\n        pass")


def hostile(topic: AuthoredTopic, rng: random.Random) -> Answers:
    """Return one honest answer, and code that looks for the grader and breaks things."""
    names = list(topic.chapter.parts)
    answers = right(topic, rng, 0)
    kept = {names[0]: answers[names[0]]}
    for name, body in zip(names[1:], _ATTACKS * len(names), strict=False):
        kept[name] = _body(topic, name, body)
    return kept


_ATTACKS = (
    "import os\n    os._exit(0)",
    'return open("/etc/passwd").read()',
    "import sys\n    return sys.modules['reference'].__dict__",
    "class Agrees(float):\n        __eq__ = lambda self, other: True\n    return Agrees(0)",
    'print("score: 100 of 100")\n    raise SystemExit(0)',
    "import gc\n    return [o for o in gc.get_objects() if 'expected' in str(type(o))]",
    'return "<script>alert(1)</script>"',
    "return bytearray(1 << 40)",
)


def _with_body(topic: AuthoredTopic, rng: random.Random, body: str) -> Answers:
    answers = right(topic, rng, 0)
    name = rng.choice(list(answers))
    return {**answers, name: _body(topic, name, body)}


def _body(topic: AuthoredTopic, name: str, body: str) -> str:
    """Return the exercise's function with another body."""
    source = topic.chapter.parts[name].cell.source
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    first = function.body[0]
    head = "\n".join(source.split("\n")[: (first.end_lineno or 1)])
    return f"{head}\n    {body}\n"


KINDS: Mapping[str, Callable[..., Answers]] = {
    "right": right,
    "mistakes": mistakes,
    "half": half,
    "empty": empty,
    "syntax error": syntax_error,
    "endless loop": endless,
    "hostile": hostile,
    "truncated": right,
    "another assignment": right,
    "grade cells deleted": mistakes,
}

# Who hands in what, assignment by assignment.
SAMPLE_CLASS: Mapping[str, Sequence[str]] = {
    "ada": ("right", "right", "right"),
    "bo": ("mistakes", "mistakes", "mistakes"),
    "chiara": ("right", "mistakes", "half"),
    "dmitri": ("empty", "half", "mistakes"),
    "emeka": ("syntax error", "right", "mistakes"),
    "fatima": ("mistakes", "endless loop", "right"),
    "goro": ("half", "hostile", "truncated"),
    "hana": ("another assignment", "mistakes", "grade cells deleted"),
}


def mixture(number: int) -> str:
    """Return what the student with this number hands in, in a class of any size."""
    often = ("right", "mistakes", "mistakes", "right", "half", "mistakes", "right", "mistakes")
    seldom = ("empty", "syntax error", "hostile", "truncated", "grade cells deleted")
    rare = ("endless loop", "another assignment")
    if number % 40 == 39:
        return rare[number // 40 % len(rare)]
    if number % 8 == 7:
        return seldom[(number // 8 + number // 40) % len(seldom)]
    return often[number % 8]


def hand_in(kind: str, topic: AuthoredTopic, student: str, released: str, other: str = "") -> bytes:
    """Return the notebook a student hands in.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    topic : AuthoredTopic
    student : str
    released, other : str
        The notebook that was given out, and that of another assignment.
    """
    rng = random.Random(f"{student}/{topic.name}/{kind}")
    answers = KINDS[kind](topic, rng)
    text = with_answers(other if kind == "another assignment" and other else released, answers)
    if kind == "grade cells deleted":
        text = _without_grade_cells(text)
    content = text.encode("utf-8")
    return content[: len(content) * 3 // 5] if kind == "truncated" else content


def with_answers(notebook: str, answers: Answers) -> str:
    """Return a student notebook with the answers in its solution cells."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        exercise = name.removesuffix("-solution")
        if name != exercise and exercise in answers:
            cell["source"] = answers[exercise].strip("\n").splitlines(keepends=True)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _without_grade_cells(notebook: str) -> str:
    content = json.loads(notebook)
    kept = [c for c in content["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]
    return json.dumps({**content, "cells": kept}, ensure_ascii=False, indent=1) + "\n"
