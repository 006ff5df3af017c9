"""What grading would say of a notebook where the running kernel says something else.

Grading runs the file afresh, from top to bottom. A kernel remembers more: a name whose cell is
gone, the value a name had before a later cell gave it another, a module that lies beside the file.
Only where the text shows such a thing is anything run again, and of the file only what makes the
exercises.
"""

from __future__ import annotations

import ast
import builtins
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.desk.selfcheck import DeskWorker, judge
from autograder.desk.target import Target
from autograder.report.model import ExerciseResult, Report, points_text
from autograder.sandbox.imports import absent
from autograder.submission.bindings import statements
from autograder.submission.cells import Submission, SubmissionCell, parsed
from autograder.submission.locate import definitions
from autograder.submission.outline import Maker, Outline
from autograder.submission.reading import read_submission
from autograder.topic.trials import Source

__all__ = ["notebook_file", "warnings_of"]

_PATHS = ("__vsc_ipynb_file__", "__session__")  # where VS Code and ipykernel say which file it is


def notebook_file(space: Mapping[str, object], topic: str) -> Path | None:
    """Return the file of the running notebook, if that can be known."""
    given = [space.get(name) for name in _PATHS] + [os.environ.get("JPY_SESSION_NAME")]
    told = [Path(path) for path in given if isinstance(path, str) and path.endswith(".ipynb")]
    for path in (*told, *(Path(p.name) for p in told), Path(f"{topic}.ipynb")):
        if path.is_file():
            return path
    return None


def warnings_of(
    report: Report,
    source: Source,
    target: Target,
    live: Submission,
    space: Mapping[str, object],
) -> dict[str, str]:
    """Say for each exercise that earns points here and fewer in grading what grading would say.

    Parameters
    ----------
    report : Report
        The verdict on the running notebook.
    source : Source
    target : Target
    live : Submission
        The cells behind the functions that the kernel holds.
    space : mapping
        The notebook's namespace.
    """
    path = notebook_file(space, source.topic)
    if path is None:
        return {}
    file = _with_edits(read_submission(path), live)
    outline = Outline(file)
    known = {exercise.name for exercise in source.exercises}
    told = {}
    for result in report:
        if result.earned and (names := list(_suspicious(result.name, file, outline, space))):
            part = _slice(file, outline, known)
            (fresh,) = judge(target, part, source, DeskWorker, [result.name]).report
            if fresh.earned < result.earned:
                told[result.name] = _told(fresh, names, file, outline)
    return told


def _with_edits(file: Submission, live: Submission) -> Submission:
    """Put cells as they ran last into the file as it was saved last."""
    cells = list(file.cells)
    saved = {cell.source.strip() for cell in cells}
    for ran in live.cells:
        if ran.source.strip() in saved or not ran.defines():
            continue
        at = [k for k, cell in enumerate(cells) if set(cell.defines()) & set(ran.defines())]
        if at:
            cells[at[-1]] = replace(cells[at[-1]], source=ran.source)
    return replace(file, cells=tuple(cells))


def _suspicious(
    name: str, file: Submission, outline: Outline, space: Mapping[str, object]
) -> Iterable[str]:
    """Yield names an exercise leans on of which the kernel may hold another value."""
    for used in sorted({name, *outline.uses(name)}):
        makers = outline.of(used)
        if (not makers and used in space and not hasattr(builtins, used)) or (
            len(definitions(file, used)) > 1
            or len(makers) > 1
            or any(_absent(maker) or _early(maker, outline) for maker in makers)
        ):
            yield used


def _absent(maker: Maker) -> bool:
    part = maker.statement
    if isinstance(part, ast.ImportFrom):
        return absent(part.module or "")
    return isinstance(part, ast.Import) and any(absent(item.name) for item in part.names)


def _early(maker: Maker, outline: Outline) -> bool:
    """Tell whether a statement that runs at once mentions what only a later cell makes."""
    if maker.alone:
        return False
    for name in maker.mentions:
        makers = [other for other in outline.of(name) if other != maker]
        if makers and all(outline.before(maker, other) for other in makers):
            return True
    return False


def _slice(file: Submission, outline: Outline, exercises: Iterable[str]) -> Submission:
    """Return the file with nothing in it but what makes the exercises, each line in its place."""
    kept = {(id(m.cell), m.line) for name in exercises for m in outline.makers(name)}
    return replace(file, cells=tuple(_only(cell, kept) for cell in file.cells))


def _only(cell: SubmissionCell, kept: set[tuple[int, int]]) -> SubmissionCell:
    tree = parsed(cell.source)
    if tree is None:
        return cell
    lines = cell.source.split("\n")
    out = [""] * len(lines)
    for part in tree.body:
        inner = [(id(cell), node.lineno) for node in statements([part])]
        star = isinstance(part, ast.ImportFrom) and part.names[0].name == "*"
        if star or kept.intersection(inner):
            first = min(node.lineno for node in [part, *getattr(part, "decorator_list", ())])
            last = part.end_lineno or first
            out[first - 1 : last] = lines[first - 1 : last]
    return replace(cell, source="\n".join(out))


def _told(fresh: ExerciseResult, names: Sequence[str], file: Submission, outline: Outline) -> str:
    failed = [check for check in fresh.checks if not check.passed]
    reason = fresh.message or next((check.message for check in failed), "")
    causes = (_cause(name, file, outline) for name in names)
    where = "; ".join([text for text in causes if text][:3])
    points = f"{points_text(fresh.earned)} of {points_text(fresh.points)} points"
    return (
        f"Grading runs {file.origin} afresh, from top to bottom. As it was saved last, that gives "
        f"{points}: {reason}{f' ({where})' if where else ''}"
    )


def _cause(name: str, file: Submission, outline: Outline) -> str:
    makers = outline.of(name)
    if not makers:
        return f"`{name}` is in this session, and no cell of the file sets it"
    if any(_absent(maker) for maker in makers):
        return f"`{name}` comes from a module that grading does not have"
    cells = [found.cell for found in definitions(file, name)]
    cells = cells if len(cells) > 1 else [maker.cell for maker in makers]
    places = " and ".join(dict.fromkeys(cell.name for cell in cells))
    return f"`{name}` is set in {places}: the last one counts" if len(cells) > 1 else ""
