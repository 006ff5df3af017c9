"""Self-check: run what is meant against the recorded public checks, and say how it went.

It needs NumPy, this package and the released topics; neither solutions nor reference, and nothing
that takes long to import. It runs on every platform.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from autograder.desk.ladder import NO_CHECKS, sober
from autograder.desk.target import Target, TargetError, shortened
from autograder.judging.clock import Budget
from autograder.judging.grader import Grader
from autograder.judging.observation import Observation
from autograder.judging.remedies import nearest
from autograder.judging.workers import AnyWorker
from autograder.report.model import Report
from autograder.sandbox.local import LocalWorker
from autograder.submission.cells import Submission
from autograder.submission.locate import Definition, defined, definition
from autograder.submission.newer import OLDEST, newer_than_oldest
from autograder.submission.reading import read_submission
from autograder.topic.catalogue import Catalogue
from autograder.topic.record import RecordedSource, RecordError
from autograder.topic.trials import Source

__all__ = [
    "Checked",
    "DeskWorker",
    "case",
    "judge",
    "run",
]


@dataclass
class Checked:
    """A file, judged.

    Attributes
    ----------
    target : Target
    submission : Submission
    source : Source
    report : Report
    observations : dict
        What was seen of each exercise, for `--explain`.
    """

    target: Target
    submission: Submission
    source: Source
    report: Report
    observations: dict[str, list[Observation]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything asked for is right."""
        return all(exercise.passed for exercise in self.report)


class DeskWorker(LocalWorker):
    """Runs a file's functions at the student's own desk: warnings are heard."""

    warn = "default"


def run(
    target: Target, only: Sequence[str] | None = None, *, source: Source | None = None
) -> Checked:
    """Judge the target's exercises (all, or those named).

    Raises
    ------
    TargetError
        If an exercise is unknown, or the file holds none of the topic's.
    SubmissionError, RecordError
        If the file or the record cannot be read.
    """
    source = source or RecordedSource(target.record)
    submission = read_submission(target.path)
    names = [exercise.name for exercise in source.exercises]
    for name in only or ():
        if name not in names:
            like = nearest(name, names)
            meant = f"did you mean {like}? " if like else ""
            raise TargetError(
                f"{target.topic} has no exercise {shortened(name)}: {meant}"
                f"The exercises are: {', '.join(names)}"
            )
    if not defined(submission) & set(names):
        raise TargetError(_nothing_of(target, submission))
    return judge(target, submission, source, DeskWorker, only)


def _nothing_of(target: Target, submission: Submission) -> str:
    name = target.path.name
    if not submission.cells:
        return f"{name} is empty: `autograder start {target.topic} FOLDER` makes a fresh one"
    return (
        f"{name} defines no exercise of {target.topic}: is it the file of another topic? "
        "(--topic says which)"
    )


def judge(
    target: Target,
    submission: Submission,
    source: Source,
    fork: Callable[[], AnyWorker],
    only: Sequence[str] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Checked:
    """Judge a submission; its warnings are gathered instead of printed.

    `names` gives the cell behind each file name that Python knows; by default they are the same.
    Without a `budget` time has no limit. In an exam nothing is told but what passed.

    Raises
    ------
    RecordError
        In an exam in which nothing is checked.
    """
    exam = source.exam if isinstance(source, RecordedSource) else ""
    if exam == NO_CHECKS:
        raise RecordError(
            f"{target.topic} is an exam: nothing is checked before it is handed in; "
            f"autograder submit {target.topic} writes the file"
        )
    grader = Grader(source, submission, fork, budget=budget, keep=True)
    with _warnings_of(names or {cell.name: cell.name for cell in submission.cells}) as warned:
        report = grader.grade(only)
    report.notes += _too_new(submission)
    _attach(report, submission, warned)
    if exam:
        return Checked(target, submission, source, sober(report))
    return Checked(target, submission, source, report, grader.observations)


def _too_new(submission: Submission) -> list[str]:
    """Say where a file is written in a later Python than grading may run."""
    here, oldest = ".".join(map(str, sys.version_info[:3])), ".".join(map(str, OLDEST))
    return [
        f"line {cell.line + line - 1} of {cell.name}: {what}: you run Python {here}, and grading "
        f"may run Python {oldest}"
        for cell in submission.cells
        for line, what in newer_than_oldest(cell.source)
    ][:5]


Warned = dict[tuple[str, int], str]


@contextmanager
def _warnings_of(names: Mapping[str, str]) -> Iterator[Warned]:
    """Gather the warnings raised in the submission's own lines."""
    warned: Warned = {}

    def note(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: object = None,
        line: str | None = None,
    ) -> None:
        if filename in names and len(warned) < 50:
            warned.setdefault((names[filename], lineno), str(message)[:200])

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = note
        yield warned


def _attach(report: Report, submission: Submission, warned: Warned) -> None:
    """Tell each exercise that is not right the warnings that arose in its own function."""
    for exercise in report:
        found = None if exercise.passed else definition(submission, exercise.name)
        if found is None:
            continue
        lines = [
            f"line {line}: {text}"
            for (cell, line), text in warned.items()
            if cell == found.cell.name and found.line <= line <= found.end
        ]
        exercise.warnings = [*_global_luck(found), *lines][:3]


def _global_luck(found: Definition) -> Iterator[str]:
    """Point at draws from NumPy's global generator: nobody can repeat them, no check either."""
    for node in ast.walk(found.node):
        if not isinstance(node, ast.Attribute):
            continue
        text = ast.unparse(node)
        if text.startswith("np.random.") and text[10:11].islower() and text[10:] != "default_rng":
            line = found.cell.line + node.lineno - 1
            yield f"line {line}: {text} draws numbers of its own; use those that are given"


def case(topic: str, exercise: str, check: str, number: int = 1) -> tuple[Any, dict[str, Any]]:
    """Return the arguments of a recorded case: ``args, kwargs = case("lstm", "lstm_step", ...)``.

    Parameters
    ----------
    topic, exercise, check : str
        As `autograder check --explain` names them.
    number : int
        The case, from 1.
    """
    source = RecordedSource(Catalogue.find().record(topic))
    asked = next(e for e in source.exercises if e.name == exercise)
    trial = source.trials(asked, next(c for c in asked if c.name == check))[number - 1]
    return trial.case.args, trial.case.kwargs
