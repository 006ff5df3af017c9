"""``--speed``: how a right function compares with the fast core, on one larger case. Never graded.

The case is the largest recorded one, grown along the axis that the docstring names N, B, T or M, as
far as the student's own function needs no longer than a moment.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from autograder import observe
from autograder.desk.selfcheck import Checked
from autograder.desk.target import Target
from autograder.report.terminal import Look
from autograder.sandbox.inside.execute import Namespace
from autograder.sandbox.types import Cell
from autograder.spec import Case, Exercise
from autograder.submission.locate import definition
from autograder.submission.reading import read_submission
from autograder.submission.signature import parameters
from autograder.topic.catalogue import Catalogue
from autograder.values.compare import equal
from autograder.values.nested import count_numbers
from autograder.values.tolerance import tolerance

__all__ = ["compare_speed", "functions_of", "grow", "slow_lines", "times_of"]

GROWING = ("N", "B", "T", "M")
MOMENT = 0.25  # seconds the student's function may take
GROWN = 1 << 22  # numbers in the grown case
_SHAPE = re.compile(r"^(\w+)\s*:.*?ndarray of shape \(([^)]*)\)", re.MULTILINE)


def compare_speed(checked: Checked, look: Look) -> str:
    """Write a line for each right exercise: its time against the core's."""
    core = _core(checked.target)
    if core is None:
        return "\n--speed needs the package `reference`, which this release does not hold.\n"
    space = functions_of(checked)
    lines = ["", look.paint("Speed, against the fast core (never graded):", "bold")]
    for exercise in checked.source.exercises:
        passed = any(e.passed for e in checked.report if e.name == exercise.name)
        fast = getattr(core, exercise.name, None)
        slow = space.get(exercise.name)
        if passed and callable(fast) and callable(slow):
            told = _exercise(checked, exercise, slow, fast)
            lines.append(look.wrap(f"{exercise.name}: {told}", 2, 6))
    if len(lines) == 2:
        lines.append("  No exercise is right yet; speed comes after that.")
    return "\n".join(lines) + "\n"


def _catalogue(target: Target) -> Catalogue:
    """Return the topics of the root in which the record of a topic lies, or else those found."""
    roots = (root for root in target.record.parents[:3] if (root / "solutions").is_dir())
    return next((Catalogue(root) for root in roots), None) or Catalogue.find()


def _core(target: Target) -> object:
    """Import the reference of a topic, from a checkout or as installed; None without it."""
    catalogue, topic = _catalogue(target), target.topic
    try:
        if catalogue.authored:
            return catalogue.topic(topic).reference
        return importlib.import_module(f"reference.{topic}")
    except ImportError:
        return None


def functions_of(checked: Checked) -> Mapping[str, object]:
    """Run a file's cells, and return what they define."""
    namespace = Namespace(_nobody)
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in checked.submission.cells:
            namespace.run(Cell(cell.source, cell.name, cell.line))
    return namespace.space


def _nobody(*asked: object) -> object:
    raise RuntimeError("nobody answers here")


def _exercise(
    checked: Checked, exercise: Exercise, slow: Callable[..., object], fast: Callable[..., object]
) -> str:
    case = _largest(checked, exercise)
    if case is None:
        return "its cases are no single call: not measured."
    found = definition(checked.submission, exercise.name)
    case, theirs = _grown(case, *_grows(checked, exercise), slow, fast)
    yours = _timed(slow, case)
    core = _timed(fast, case)
    if yours is None or core is None:
        return "the larger case does not run: not measured."
    first, second = _called(slow, case), _called(fast, case)
    if not equal(second, first, tolerance(second, (case.args, case.kwargs))):
        return "the larger case gives another result than the core: have a look at --explain."
    size = f"{theirs:,} numbers in"
    ratio = yours / max(core, 1e-9)
    times = f"yours {_seconds(yours)}, the core {_seconds(core)} ({size})"
    if ratio < 1.5:
        return f"{times}: as fast as the core."
    why = next(slow_lines(found.node, found.cell.line), "") if found and ratio > 3 else ""
    slower = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
    return f"{times}: {slower}× slower.{f' {why}' if why else ''}"


def times_of(
    checked: Checked, exercise: Exercise, one: Callable[..., object], other: Callable[..., object]
) -> tuple[str, str, str] | None:
    """Return the times of two functions on a case of theirs, and how many numbers are in it."""
    case = _largest(checked, exercise)
    if case is None:
        return None
    case, size = _grown(case, *_grows(checked, exercise), one, other)
    found = _timed(one, case), _timed(other, case)
    if found[0] is None or found[1] is None:
        return None
    return _seconds(found[0]), _seconds(found[1]), f"{size:,}"


def _grows(checked: Checked, exercise: Exercise) -> tuple[str, list[str]]:
    """Return what says how a case can be grown: the docstring, and the names of what is given."""
    found = definition(checked.submission, exercise.name)
    doc = _docstring(checked, exercise.name) or (ast.get_docstring(found.node) if found else "")
    return doc or "", [p.name for p in parameters(checked.source.signature(exercise))]


def _docstring(checked: Checked, name: str) -> str:
    """Return the contract of an exercise as the chapter or the released stub states it."""
    catalogue = _catalogue(checked.target)
    if catalogue.authored:
        return catalogue.topic(checked.target.topic).chapter.parts[name].docstring
    stub = checked.target.record.parent / f"{checked.target.topic}.py"
    if not stub.is_file():
        return ""
    found = definition(read_submission(stub), name)
    return (ast.get_docstring(found.node) if found else "") or ""


def _largest(checked: Checked, exercise: Exercise) -> Case | None:
    cases = [
        trial.case
        for check in exercise
        if check.observe == "call" and not check.hidden
        for trial in checked.source.trials(exercise, check)
    ]
    return max(cases, key=lambda case: count_numbers(case.args), default=None)


def grow(case: Case, doc: str, names: list[str], times: int) -> Case | None:
    """Repeat arrays along the axis that the docstring names N (or B, T, M); None without one."""
    found = _SHAPE.findall(doc)
    shapes = {name: shape.replace(" ", "").strip(",").split(",") for name, shape in found}
    given = dict(zip(names, case.args, strict=False)) | case.kwargs
    arrays = {n: v for n, v in given.items() if isinstance(v, np.ndarray)}
    for symbol in GROWING:
        axes = {
            name: shapes[name].index(symbol)
            for name, array in arrays.items()
            if symbol in shapes.get(name, ()) and len(shapes[name]) == array.ndim
        }
        if not axes:
            continue

        def grown(name: str, value: object, axes: dict[str, int] = axes) -> object:
            if name not in axes:
                return value
            return np.concatenate([value] * times, axis=axes[name])

        args = [grown(name, value) for name, value in zip(names, case.args, strict=False)]
        rest = case.args[len(args) :]
        return Case(*args, *rest, **{n: grown(n, v) for n, v in case.kwargs.items()})
    return None


def _grown(
    case: Case,
    doc: str,
    names: list[str],
    slow: Callable[..., object],
    fast: Callable[..., object],
) -> tuple[Case, int]:
    """Grow the case while the student's function stays within a moment."""
    best = case
    for times in (8, 64, 512, 4096, 32768):
        larger = grow(case, doc, names, times)
        if larger is None or count_numbers(larger.args) > GROWN:
            break
        seconds = _once(slow, larger)
        if seconds is None or _once(fast, larger) is None:
            break
        best = larger
        if seconds * 8 > MOMENT:
            break
    return best, count_numbers(best.args)


def _called(function: Callable[..., object], case: Case) -> object:
    args = [_fresh(value) for value in case.args]
    kwargs = {name: _fresh(value) for name, value in case.kwargs.items()}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        found = function(*args, **kwargs)
        return list(found) if isinstance(found, Iterator) else found


def _fresh(value: object) -> object:
    if isinstance(value, observe.Seed):
        return value.generator()
    if isinstance(value, observe.Env):
        return value.make()
    return value.copy() if isinstance(value, np.ndarray) else value


def _once(function: Callable[..., object], case: Case) -> float | None:
    start = time.perf_counter()
    try:
        _called(function, case)
    except Exception:
        return None
    return time.perf_counter() - start


def _timed(function: Callable[..., object], case: Case) -> float | None:
    """Return the least time of a few calls; the first one, which may compile, does not count."""
    if _once(function, case) is None:
        return None
    least, spent = np.inf, 0.0
    for _ in range(25):
        seconds = _once(function, case)
        if seconds is None:
            return None
        least, spent = min(least, seconds), spent + seconds
        if spent > MOMENT:
            break
    return float(least)


def _seconds(value: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 1e-6:.2g} µs"


def slow_lines(node: ast.AST, first: int = 1) -> Iterator[str]:
    """Say which Python loops a function runs, the deepest first."""
    loops = sorted(_loops(node, 0), key=lambda loop: (-loop[0], loop[1].lineno))
    for depth, loop in loops[:1]:
        line = first + loop.lineno - 1
        over = f"over {ast.unparse(loop.target)}, " if isinstance(loop, ast.For) else ""
        nested = f", {depth} deep" if depth > 1 else ""
        yield f"The loop {over}line {line}{nested}, is why: Python runs each round by itself."


def _loops(node: ast.AST, depth: int) -> Iterator[tuple[int, ast.For | ast.While]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.For | ast.While):
            yield depth + 1, child
            yield from _loops(child, depth + 1)
        else:
            yield from _loops(child, depth)
