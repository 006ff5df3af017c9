"""Official grading: hidden checks, cases chosen for each submission, student code behind walls.

An HMAC, keyed by the course's secret, of student, assignment, hash of the code, exercise and check
chooses among the course's draws of that check (`topic.seeds`): a regrade is bit-identical, whatever
was judged before, and a resubmission is chosen for anew. The secret never leaves the judge.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from autograder.judging.clock import Budget
from autograder.judging.grader import Grader
from autograder.judging.prerequisites import WorkedSolution
from autograder.judging.workers import doing_without
from autograder.report.model import COMPUTING, WAITING, CheckResult, ExerciseResult, Report
from autograder.report.pictures import difference_svg
from autograder.sandbox import Limits, Sandbox
from autograder.sandbox.types import IDLE, Cell
from autograder.submission.cells import Submission, SubmissionError
from autograder.submission.reading import read_submission
from autograder.topic.catalogue import AuthoredTopic, Catalogue
from autograder.topic.draws import Draws
from autograder.topic.live import LiveSource
from autograder.topic.seeds import CaseKeys, case_keys, chooser

__all__ = [
    "GradeError",
    "Judge",
    "broken",
    "load_secret",
    "unreadable",
]

SECRET_BYTES = 32


class GradeError(Exception):
    """Grading cannot start; the message says what to do."""


def load_secret(path: Path) -> bytes:
    """Return the secret kept at `path`, made with mode 0600 if it is not there yet."""
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = secrets.token_hex(SECRET_BYTES).encode()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(made)
        return made
    if len(found) < SECRET_BYTES:
        raise GradeError(f"{path} is too short for a secret: remove it to have one made")
    return found


def unreadable(topic: AuthoredTopic, student: str, reason: str) -> Report:
    """Return the report of a submission that cannot be read: zero, and the reason."""
    return _ungraded(topic, student, reason, "missing")


def broken(topic: AuthoredTopic, student: str, reason: str) -> Report:
    """Return the report of a submission on which the grader failed: no verdict, and the reason."""
    try:
        return _ungraded(topic, student, reason, "broken")
    except Exception as error:  # the topic itself cannot be read
        told = f"{reason}; {topic.name}: {error}" if str(error) not in reason else reason
        return Report(topic.name, student, error=told, official=True)


def _ungraded(topic: AuthoredTopic, student: str, reason: str, status: str) -> Report:
    report = Report(topic.name, student, error=reason, official=True)
    for exercise in topic.exercises:
        total = sum(check.weight for check in exercise)
        result = ExerciseResult(exercise.name, exercise.points, status=status, message=reason)
        result.checks = [
            CheckResult(
                check.name,
                check.sentence,
                check.hidden,
                exercise.points * check.weight / total,
                status="broken" if status == "broken" else "waiting",
                message=reason,
            )
            for check in exercise
        ]
        report.exercises.append(result)
    return report


@dataclass
class Judge:
    """Grades submissions of a catalogue with one sandbox, as a context manager.

    Parameters
    ----------
    catalogue : Catalogue
    secret : bytes
    sandbox : str
        ``"strict"``, ``"best"`` or ``"process"``.
    limits : Limits
    budget : Budget
    """

    catalogue: Catalogue
    secret: bytes
    sandbox: str = "best"
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)
    _topics: dict[str, AuthoredTopic] = field(default_factory=dict, init=False, repr=False)
    _draws: Draws = field(default_factory=Draws, init=False, repr=False)

    def __enter__(self) -> Judge:
        """Start the sandbox."""
        self._box = Sandbox(self.sandbox, limits=self.limits)
        self._box.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """End it and all it started."""
        self._box.__exit__(None, None, None)

    @property
    def level(self) -> str:
        """The confinement in force."""
        return self._box.level

    def topic(self, name: str) -> AuthoredTopic:
        """Return a topic, loaded once."""
        if name not in self._topics:
            self._topics[name] = self.catalogue.topic(name)
        return self._topics[name]

    def grade_file(
        self,
        path: Path,
        topic: str,
        student: str,
        given: CaseKeys | None = None,
        only: Sequence[str] | None = None,
    ) -> Report:
        """Grade the file at `path`; one that cannot be read earns zero and says why.

        `given` are the student's keys, for a judge that does not have the secret.
        """
        try:
            submission = read_submission(path, student, self._box.parse_notebook)
        except SubmissionError as error:
            tell = broken if error.fault else unreadable
            report = tell(self.topic(topic), student, str(error))
            report.level = self.level
            if error.stopped:
                report.stopped = WAITING if error.stopped == IDLE else COMPUTING
            return report
        return self.grade(submission, topic, student, only, given)

    def grade(
        self,
        submission: Submission,
        topic: str,
        student: str,
        only: Sequence[str] | None = None,
        given: CaseKeys | None = None,
    ) -> Report:
        """Grade what was read from a file."""
        authored = self.topic(topic)
        named = replace(submission, name=student)
        notes = self._unparsable(named)
        own = given or case_keys(self.secret, student, topic)
        source = self.source(topic, chooser(own, student, topic, named.digest))
        cells = tuple(replace(c, source="") if c.name in notes else c for c in named.cells)
        judged = replace(named, cells=cells)
        with WorkedSolution(authored, self._box.worker) as stand:
            fork = partial(self._worker, authored)
            grader = Grader(source, judged, fork, stand, self.budget)
            report = grader.grade(only)
        report.notes += notes.values()
        report.level, report.official = self.level, True
        for check in (check for exercise in report for check in exercise.checks if check.picture):
            assert check.picture is not None
            check.svg = difference_svg(**check.picture)
        return report

    def source(self, topic: str, seed: Callable[[str, str], int]) -> LiveSource:
        """Return a source of cases that shares what this judge keeps of its draws."""
        return LiveSource(self.topic(topic), seed, draws=self._draws)

    def _worker(self, topic: AuthoredTopic) -> Any:
        return doing_without(self._box.worker(), topic.exercises)

    def _unparsable(self, submission: Submission) -> dict[str, str]:
        """Return what is said of cells that must not be parsed here, by name.

        A hostile source of some hundred kilobytes can cost its parser hundreds of megabytes.
        """
        cells = [Cell(cell.source, cell.name, cell.line) for cell in submission.cells]
        return {
            cell.name: f"{cell.name}: left out: Python cannot read it ({failure.type_name})"
            for cell, failure in zip(cells, self._box.vet(cells), strict=True)
            if failure and failure.type_name != "SyntaxError"
        }
