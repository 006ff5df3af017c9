"""A small mutator: change one operator, constant, index, axis, sign or term of a solution.

    python -m tests.kit.mutation TOPIC [--exercise NAME]

Each mutant is graded as a submission, behind the sandbox's walls (some never end). One that keeps
full marks survives: either it is equivalent to the solution, or the checks are too weak. Known
survivors stand in `tests/mutants.toml`, each with the reason why it is equivalent (or, after
"survives:", why it is not and lives all the same).
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.battery import CachedSource
from autograder.judging.grader import Grader
from autograder.sandbox import Limits, Sandbox
from autograder.submission.cells import Submission, SubmissionCell, code_cells
from autograder.topic.seeds import seeder
from tests.kit.battery import topic

SURVIVORS = Path(__file__).parent.parent / "mutants.toml"

SWAPS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
NAMES = {
    "maximum": "minimum",
    "minimum": "maximum",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "sum": "mean",
    "mean": "sum",
    "floor": "ceil",
    "ceil": "floor",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "ones": "zeros",
    "sqrt": "abs",
    "exp": "log",
    "tanh": "sinh",
    "cos": "sin",
    "sin": "cos",
}


@dataclass(frozen=True)
class Mutant:
    exercise: str
    line: str
    before: str
    after: str
    source: str

    @property
    def key(self) -> str:
        return f"{self.exercise} | {self.line} | {self.before} -> {self.after}"


def _edits(node: ast.AST) -> Iterator[ast.AST]:
    """Yield replacements of one node."""
    if isinstance(node, ast.BinOp):
        for other in SWAPS.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            yield node.left
            yield node.right
    elif isinstance(node, ast.AugAssign):
        for other in SWAPS.get(type(node.op), ()):
            yield ast.AugAssign(node.target, other(), node.value)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in SWAPS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        for other in SWAPS[type(node.op)]:
            yield ast.BoolOp(other(), node.values)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)
        if node.value:
            yield ast.Constant(node.value * 0.9 if isinstance(node.value, float) else 0)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse


def mutants(name: str, exercise: str) -> list[Mutant]:
    """Return the mutants of one solution, in order."""
    source = topic(name).chapter.parts[exercise].cell.source
    lines = source.split("\n")
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    nodes = [node for statement in function.body[1:] for node in ast.walk(statement)]
    places, found, seen = _places(tree), [], {ast.unparse(tree)}
    for node in nodes:
        for edit in _edits(node):
            _put(places[node], edit)
            text = ast.unparse(tree)
            _put(places[node], node)
            if text in seen:
                continue
            seen.add(text)
            line = lines[node.lineno - 1].strip()
            found.append(Mutant(exercise, line, ast.unparse(node), ast.unparse(edit), text))
    return found


Place = tuple[ast.AST, str, int | None]


def _places(tree: ast.AST) -> dict[ast.AST, Place]:
    """Return where each node of a tree stands: in which node, field and, of a list, at which."""
    found: dict[ast.AST, Place] = {}
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list):
                found |= {node: (parent, name, k) for k, node in enumerate(value)}
            elif isinstance(value, ast.AST):
                found[value] = parent, name, None
    return found


def _put(place: Place, node: ast.AST) -> None:
    parent, name, number = place
    if number is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[number] = node


class Hunt:
    """Grades mutants of a topic, as a context manager."""

    def __init__(self, name: str) -> None:
        self.topic = topic(name)
        self.source = CachedSource(self.topic, seeder(b"mutation", name))
        self.cells = code_cells(self.topic.chapter.cells)

    def __enter__(self) -> Hunt:
        self.box = Sandbox("best", limits=Limits(seconds=2.0, load_seconds=5.0))
        self.box.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.box.__exit__(*error)

    def killed(self, mutant: Mutant) -> bool:
        """Tell whether the mutant loses points."""
        original = self.topic.chapter.parts[mutant.exercise].cell
        cells = tuple(
            SubmissionCell(mutant.source, cell.name) if cell == original else cell
            for cell in self.cells
        )
        grader = Grader(self.source, Submission("mutant", cells), self.box.worker)
        try:
            spec = self.topic.exercise(mutant.exercise)
            return any(not seen.passed for seen in grader._observe(spec))
        finally:
            grader._workers.close()


def known() -> dict[str, dict[str, str]]:
    """Return the listed survivors: for each topic, reason by key."""
    if not SURVIVORS.exists():
        return {}
    content = tomllib.loads(SURVIVORS.read_text(encoding="utf-8"))
    return {
        name: {entry["mutant"]: entry["reason"] for entry in entries}
        for name, entries in content.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topic")
    parser.add_argument("--exercise")
    given = parser.parse_args()
    listed = known().get(given.topic, {})
    total = alive = 0
    with Hunt(given.topic) as hunt:
        for exercise in topic(given.topic).chapter.parts:
            if given.exercise not in (None, exercise):
                continue
            for mutant in mutants(given.topic, exercise):
                total += 1
                if not hunt.killed(mutant):
                    alive += 1
                    mark = "known" if mutant.key in listed else "ALIVE"
                    print(f"{mark}  {mutant.key}", flush=True)
    print(f"{given.topic}: {total} mutants, {total - alive} lose points, {alive} survive")
    return 0


if __name__ == "__main__":
    sys.exit(main())
