"""``pytest lstm.py``: each public check is a test, named by its sentence.

Where the package is installed pytest finds this by its entry point, so that it works wherever the
file lies, and in the test explorer of an editor. In a release that is not installed, a topic's
folder holds a built ``conftest.py`` that brings it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.desk import selfcheck
from autograder.desk.target import SUFFIXES, Target, TargetError, find_target, worked_on
from autograder.report import terminal
from autograder.report.model import ExerciseResult, Report
from autograder.submission.cells import SubmissionError
from autograder.submission.locate import defined, definition
from autograder.submission.reading import read_submission
from autograder.topic.catalogue import RECORD, Catalogue, CatalogueError
from autograder.topic.record import RecordedSource, RecordError

__all__ = ["collected", "pytest_collect_alone"]


@pytest.hookimpl(wrapper=True, specname="pytest_collect_file")
def pytest_collect_alone(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect a topic's file wherever it lies, and only as that: its functions are no tests."""
    others = yield
    ours = collected(file_path, parent)
    return others if ours is None else [ours]


def collected(file_path: Path, parent: pytest.Collector) -> TopicFile | None:
    """Return the collector of a topic's file: the module or the notebook, which was worked on."""
    if file_path.suffix not in SUFFIXES:
        return None
    named = parent.session.isinitpath(file_path)
    target = _target(file_path, named)
    if target is None:
        return None
    chosen = worked_on(file_path.parent, target.topic)
    if chosen is None or (chosen[0] != file_path and not named):
        return None
    made: TopicFile = TopicFile.from_parent(parent, path=file_path)
    made.target = target
    return made


def _target(path: Path, named: bool) -> Target | None:
    """Tell whether a file is called like a topic and is one: others have such names, too.

    One that was not `named` on the command line must hold half of the topic's exercises.
    """
    topic = path.stem
    try:
        if not (path.parent / RECORD).is_file() and topic not in _released():
            return None
        target = find_target(str(path), topic=topic)
        names = {exercise.name for exercise in RecordedSource(target.record).exercises}
    except (TargetError, CatalogueError, RecordError, KeyError, OSError):
        return None
    if (path.parent / RECORD).is_file():
        return target
    try:
        held = len(defined(read_submission(path)) & names)
    except SubmissionError:
        return target if named else None
    return target if 2 * held >= (1 if named else len(names)) else None


@cache
def _released() -> frozenset[str]:
    return frozenset(Catalogue.find().released())


class TopicFile(pytest.File):
    """A student's file: its exercises."""

    target: Target

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield the exercises."""
        try:
            submission = read_submission(self.path)
        except SubmissionError:
            submission = None
        for exercise in RecordedSource(self.target.record).exercises:
            found = submission and definition(submission, exercise.name)
            line = found.line - 1 if found and self.path.suffix == ".py" else None
            yield ExerciseNode.from_parent(self, name=exercise.name, spec=exercise, line=line)


class ExerciseNode(pytest.Collector):
    """An exercise: its public checks; judged once, when the first of them runs."""

    def __init__(self, spec: Any, line: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.line = line
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
        except (SubmissionError, RecordError, TargetError) as problem:
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
        """Name the file, the line of the function (for an editor's gutter), and the check."""
        assert isinstance(self.parent, ExerciseNode)
        return self.path, self.parent.line, f"{self.parent.name}: {self.name}"
