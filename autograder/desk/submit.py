"""Before handing in: the file is run afresh under grading's own walls, and copied with a receipt.

It says what will be graded: which file, which of its cells count, what would not pass, which
questions are not answered, with which versions.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from autograder.desk.check import add_root
from autograder.desk.ladder import NO_CHECKS
from autograder.desk.selfcheck import Checked, DeskWorker, judge
from autograder.desk.target import Target, TargetError, find_target
from autograder.judging.clock import Budget
from autograder.judging.workers import doing_without
from autograder.report import terminal
from autograder.report.model import ExerciseResult, Report, points_text
from autograder.sandbox.types import SandboxUnavailable
from autograder.submission.cells import SubmissionError
from autograder.submission.kinds import code_kind
from autograder.submission.locate import defined
from autograder.submission.notebooks import parse_notebook
from autograder.submission.reading import MAX_NOTEBOOK, read_bytes, read_submission
from autograder.topic.catalogue import CatalogueError
from autograder.topic.chapter import ANSWER_ROOM
from autograder.topic.record import RecordedSource, RecordError
from autograder.version import __version__

__all__ = ["main", "submit"]

HANDIN = "handin"
UNANSWERED = ("", ANSWER_ROOM)


def main(argv: Sequence[str]) -> int:
    """Run ``autograder submit`` and return its exit code."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        target = find_target(options.target, root=options.root, topic=options.topic)
        lines = list(submit(target, Path(options.out)))
    except (TargetError, CatalogueError, SubmissionError, RecordError) as problem:
        terminal.write(sys.stderr, f"autograder: {' '.join(str(problem).split())}\n")
        return 2
    except OSError as problem:
        told = f"{problem.strerror or problem}: {problem.filename or options.out}"
        terminal.write(sys.stderr, f"autograder: {told}\n")
        return 2
    terminal.write(sys.stdout, "".join(f"{terminal.clean(line)}\n" for line in lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="autograder submit",
        description="Run the file afresh, as grading does, say what will be graded, and write the "
        "file to hand in with a receipt. Exit code 0: written, 2: nothing was written.",
        allow_abbrev=False,
    )
    made.add_argument("target", nargs="?", help="a topic, a file, or its folder (default: here)")
    made.add_argument("--out", default=HANDIN, help=f"where to write it (default: {HANDIN})")
    made.add_argument("--topic", help="the topic, where the file's name does not tell")
    add_root(made)
    return made


def submit(target: Target, folder: Path) -> Iterator[str]:
    """Write the file to hand in and its receipt; yield what a student should know."""
    content = read_bytes(target.path, MAX_NOTEBOOK)
    checked, where = _afresh(target)
    yield f"file      {target.path}"
    yield from (f"          {note}" for note in [target.note] if note)
    yield f"versions  Python {platform.python_version()}, NumPy {np.__version__}; {where}"
    yield from _cells(checked)
    yield from _verdicts(checked)
    yield from _questions(target, content, checked)
    written = _written(target, folder, content)
    receipt = _receipt(checked, written, content)
    place = written.with_suffix(".receipt.json")
    place.write_text(json.dumps(receipt, indent=1) + "\n", encoding="utf-8")
    yield f"receipt   {place}: {receipt['points']:g} of {receipt['of']:g} public points, "
    yield f"          sha256 {receipt['sha256']}"
    yield f"hand in   {written}"


def _afresh(target: Target) -> tuple[Checked, str]:
    """Judge the file in a new process, behind the walls that this machine has."""
    source = RecordedSource(target.record)
    if source.exam == NO_CHECKS:
        return _unchecked(target, source)
    submission = read_submission(target.path)
    if not defined(submission) & {exercise.name for exercise in source.exercises}:
        raise TargetError(f"{target.path.name} defines no exercise of {target.topic}")
    try:
        from autograder.sandbox import Sandbox

        with Sandbox("best") as box:
            checked = judge(
                target,
                submission,
                source,
                lambda: doing_without(box.worker(), source.exercises),
                budget=Budget(),
            )
            return checked, f"run afresh as in grading, level {box.level}"
    except (SandboxUnavailable, ImportError):
        return judge(target, submission, source, DeskWorker), "run afresh, without grading's walls"


def _unchecked(target: Target, source: RecordedSource) -> tuple[Checked, str]:
    """Return what is known of a file of an exam, of which nothing is checked."""
    report = Report(source.topic, target.path.name)
    report.exercises = [ExerciseResult(each.name, each.points) for each in source.exercises]
    submission = read_submission(target.path)
    return Checked(target, submission, source, report), "not run: this is an exam"


def _cells(checked: Checked) -> Iterator[str]:
    """Say which cells count, and which of them do not run."""
    cells = checked.submission.cells
    counted = [cell for cell in cells if cell.defines()]
    yield f"cells     {len(cells)} run in grading, {len(counted)} of them define something"
    for note in checked.report.notes:
        yield f"          {' '.join(note.split())[:160]}"


def _verdicts(checked: Checked) -> Iterator[str]:
    report = checked.report
    if getattr(checked.source, "exam", "") == NO_CHECKS:
        yield f"checks    none before grading; {points_text(report.points)} points"
        return
    yield (
        f"checks    {points_text(report.earned)} of {points_text(report.points)} points by the "
        "public checks; grading asks more"
    )
    for exercise in report:
        if not exercise.passed:
            failed = next((check for check in exercise.checks if not check.passed), None)
            why = exercise.message or (f"{failed.sentence} {failed.message}" if failed else "")
            yield f"          {exercise.name}: {exercise.status}: {' '.join(why.split())[:200]}"


def _questions(target: Target, content: bytes, checked: Checked) -> Iterator[str]:
    """Name the questions whose answers are not in their cells."""
    asked = [question.name for question in getattr(checked.source, "questions", ())]
    if not asked:
        return
    if code_kind(target.path.name) != ".ipynb":
        yield f"questions {', '.join(asked)}: are answered in the notebook, not in a module"
        return
    cells = parse_notebook(content.decode("utf-8-sig", "replace"), target.path.name)
    given = {
        cell.grade_id for cell in cells if cell.grade_id and cell.source.strip() not in UNANSWERED
    }
    missing = [name for name in asked if name not in given]
    if missing:
        yield f"questions {', '.join(missing)}: not answered in the cell that is meant for it"


def _written(target: Target, folder: Path, content: bytes) -> Path:
    """Write exactly what was checked, under the name that is asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{target.topic}{code_kind(target.path.name)}"
    if written.exists() and written.resolve() == target.path.resolve():
        raise TargetError(f"{written} is the file itself: choose another folder with --out")
    part = written.with_name(f".{written.name}.part")
    part.write_bytes(content)
    os.replace(part, written)
    return written


def _receipt(checked: Checked, written: Path, content: bytes) -> dict[str, object]:
    report = checked.report
    return {
        "topic": report.topic,
        "file": written.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "points": report.earned,
        "of": report.points,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "gradus": __version__,
    }
