"""``pytest assignments/lstm`` in a release: each public check is a test, named by its sentence.

A topic's folder holds a built ``conftest.py`` that brings the hook below.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.desk import selfcheck
from autograder.report import terminal
from autograder.report.model import ExerciseResult, Report
from autograder.submission.cells import SubmissionError
from autograder.topic.catalogue import RECORD
from autograder.topic.record import RecordedSource, RecordError

__all__ = ["pytest_collect_file"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the topic's file: the module or the notebook, whichever was worked on."""
    folder = file_path.parent
    if file_path.suffix not in selfcheck.SUFFIXES or not (folder / RECORD).is_file():
        return None
    try:
        topic = RecordedSource(folder / RECORD).topic
    except RecordError:
        return None
    if file_path.stem != topic:
        return None
    chosen = selfcheck.worked_on(folder, topic)
    if chosen is None or (chosen[0] != file_path and not parent.session.isinitpath(file_path)):
        return None
    collector: TopicFile = TopicFile.from_parent(parent, path=file_path)
    return collector


class TopicFile(pytest.File):
    """A student's file: its exercises."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield the exercises."""
        record = self.path.parent / RECORD
        self.target = selfcheck.Target(self.path.stem, self.path, record)
        for exercise in RecordedSource(record).exercises:
            yield ExerciseNode.from_parent(self, name=exercise.name, spec=exercise)


class ExerciseNode(pytest.Collector):
    """An exercise: its public checks; judged once, when the first of them runs."""

    def __init__(self, spec: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self._report: Report | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the checks."""
        for check in self.spec:
            yield CheckItem.from_parent(self, name=check.sentence, check=check.name)

    def report(self) -> Report:
        """Judge the exercise."""
        if self._report is None:
            assert isinstance(self.parent, TopicFile)
            self._report = selfcheck.run(self.parent.target, [self.name]).report
        return self._report


class NotRight(Exception):
    """A check that failed; its text is the verdict."""


class CheckItem(pytest.Item):
    """One check."""

    def __init__(self, check: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def runtest(self) -> None:
        """Fail with the verdict, skip what waits."""
        assert isinstance(self.parent, ExerciseNode)
        try:
            report = self.parent.report()
        except (SubmissionError, RecordError, selfcheck.TargetError) as problem:
            raise NotRight(str(problem)) from None
        (exercise,) = report.exercises
        if exercise.status == "waiting":
            pytest.skip(exercise.message)
        if exercise.status == "todo" and exercise.checks[0].name != self.check:
            pytest.skip("still to write")
        found = next(check for check in exercise.checks if check.name == self.check)
        if not found.passed:
            raise NotRight(self._message(exercise, report))

    def _message(self, exercise: ExerciseResult, report: Report) -> str:
        if exercise.status == "todo":
            return f"{exercise.name} is still to write"
        look = terminal.Look(width=88)
        told = [exercise.message] if exercise.message else []
        if exercise.status in ("missing", "refused"):
            return "\n".join([exercise.message, *report.notes])
        found = next(check for check in exercise.checks if check.name == self.check)
        return "\n".join([*told, *terminal.failure(found, look, indent=0)])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the verdict alone, without a way into the grader."""
        if isinstance(excinfo.value, NotRight):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the file and the check."""
        assert self.parent is not None
        return self.path, None, f"{self.parent.name}: {self.name}"
