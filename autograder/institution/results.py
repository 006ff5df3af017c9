"""Reading results back: a folder that `autograder grade` wrote, or a course that was graded."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograder.grading.run import SUBMISSIONS
from autograder.institution.held import in_the_gradebook
from autograder.judging.official import GradeError
from autograder.report.model import Report
from autograder.sandbox import Sandbox, SandboxUnavailable
from autograder.submission.cells import Submission, SubmissionCell, SubmissionError
from autograder.submission.item import LeftOut
from autograder.submission.notebooks import parse_notebook
from autograder.submission.reading import read_submission

__all__ = ["Results", "Score", "load"]


@dataclass(frozen=True)
class Score:
    """What one student has in one assignment, as a gradebook needs it."""

    student: str
    assignment: str
    score: float
    points: float
    name: tuple[str, str] = ("", "")  # first, last
    email: str = ""


@dataclass
class Results:
    """Reports with their times, and where the submissions are.

    Attributes
    ----------
    reports : list of Report
    paths : dict
        By topic and student: the file that was graded.
    course : Path or None
        The course the results belong to.
    not_graded : sequence of LeftOut
        What was handed in and is not graded.
    totals : dict
        By topic and student, in a course: the gradebook's score and points.
    in_course : sequence of Score
        In a course: what everybody has.
    groups : sequence of collections of str
        In a course: students who hand in together.
    columns : mapping
        In a course: what its assignments are called on the platform, where ``course.toml`` says.
    platform_points : mapping
        In a course: the points that the platform counts, where ``course.toml`` says.
    """

    reports: list[Report]
    paths: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    course: Path | None = None
    not_graded: Sequence[LeftOut] = ()
    totals: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    in_course: Sequence[Score] = ()
    groups: Sequence[Collection[str]] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    platform_points: Mapping[str, float] = field(default_factory=dict)

    def topics(self) -> list[str]:
        """Return the topics there are results for, sorted."""
        return sorted({report.topic for report in self.reports})

    def of(self, topic: str) -> list[Report]:
        """Return the reports of a topic, by student."""
        found = [report for report in self.reports if report.topic == topic]
        return sorted(found, key=lambda report: report.student)

    def submissions(self, topic: str) -> Iterator[tuple[str, Submission]]:
        """Yield the submissions of a topic that are still there and can be read."""
        with ExitStack() as stack:
            parse = _reader(stack)
            for report in self.of(topic):
                path = self.paths.get((topic, report.student))
                if path is None or report.error:
                    continue
                try:
                    yield report.student, read_submission(path, report.student, parse)
                except SubmissionError:
                    continue

    def scores(self) -> list[Score]:
        """Return who has how much: the gradebook's figures in a course, else the reports'."""
        if self.course is not None:
            return list(self.in_course)
        return [Score(r.student, r.topic, r.earned, r.points) for r in self.reports if not r.broken]

    def total(self, report: Report) -> tuple[float, float]:
        """Return what a submission has of how many points, late penalties included."""
        found = self.totals.get((report.topic, report.student))
        return (report.earned, report.points) if found is None else found

    def ungraded(self) -> list[str]:
        """Return who has no grade although something was handed in, one line each."""
        if self.course is not None:
            return _failed(self.course)
        failed = [f"{r.student}: {r.topic}: {r.broken}" for r in self.reports if r.broken]
        return failed + [f"{left.student}: {left}" for left in self.not_graded if left.student]


def _reader(stack: ExitStack) -> Callable[[str, str], list[SubmissionCell]]:
    """Return what reads notebooks: a confined process, where this machine has walls.

    It is started for the first of them: modules need none.
    """

    @cache
    def started() -> Callable[[str, str], list[SubmissionCell]]:
        try:
            return stack.enter_context(Sandbox("best")).parse_notebook
        except SandboxUnavailable:
            return parse_notebook

    return lambda text, name: started()(text, name)


def load(folder: Path) -> Results:
    """Read the results in `folder`.

    Parameters
    ----------
    folder : Path
        What `autograder grade --out` wrote, or a course that `autograder course grade` graded.

    Raises
    ------
    GradeError
        If there are none.
    """
    if (folder / "results.json").is_file():
        return _from_folder(folder)
    if (folder / ".gradus" / "results").is_dir():
        return _from_course(folder)
    raise GradeError(
        f"{folder} holds no results: give the folder that autograder grade --out wrote, "
        "or a course that autograder course grade graded"
    )


def _from_folder(folder: Path) -> Results:
    times = _json(folder / "times.json", {})
    kept_results = _json(folder / "results.json")
    reports = []
    for content in kept_results["reports"]:
        taken = times.get(f"{content['topic']}/{content['student']}", {})
        for exercise in content["exercises"]:
            exercise["seconds"] = taken.get(exercise["name"], 0.0)
        reports.append(Report.from_dict({**content, "seconds": taken.get("total", 0.0)}))
    kept = _json(folder / SUBMISSIONS, [])
    paths = {(topic, student): folder / path for topic, student, path in kept}
    left = [LeftOut(**one) for one in kept_results.get("not_graded", ())]
    return Results(reports, paths, not_graded=left)


def _from_course(folder: Path) -> Results:
    from autograder.course.course import Course
    from autograder.course.kept import what_came, without_verdict
    from autograder.course.scores import course_scores

    course = Course.open(folder)
    stored = sorted((course.private / "results").glob("*/*.json"))
    kept = {
        (report.topic, report.student): report
        for report in (Report.from_dict(_json(path)["report"]) for path in stored)
    }
    marks = course_scores(course)
    held = {(name, one.student): sheet for one in marks for name, sheet in one.notebooks.items()}
    reports = [in_the_gradebook(kept[key], held[key]) for key in sorted(kept) if key in held]
    for assignment, failed in without_verdict(course).items():
        reports += [Report(assignment, who, error=why) for who, why in failed.items()]
    step = course.directory.submitted_directory
    paths = {
        (report.topic, report.student): (
            course.place(step, report.student, report.topic) / f"{report.topic}.ipynb"
        )
        for report in reports
    }
    left: list[LeftOut] = []
    for found in what_came(course).values():
        paths |= {(topic, who): course.folder / path for topic, who, path in found["graded"]}
        left += [LeftOut(**one) for one in found["not_graded"]]
    totals = {key: (sheet.score, sheet.points) for key, sheet in held.items()}
    scores = [
        Score(one.student, one.assignment, one.score, one.points, one.name, one.email)
        for one in marks
    ]
    groups = list(course.groups.values())
    return Results(
        reports,
        paths,
        course.folder,
        left,
        totals,
        scores,
        groups,
        course.columns,
        course.platform_points,
    )


def _json(path: Path, default: object = None) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if default is not None:
            return default
        raise GradeError(f"{path} does not exist") from None
    except ValueError as error:
        raise GradeError(f"{path} cannot be read ({error}): grade again") from None


def _failed(folder: Path) -> list[str]:
    from autograder.course.course import Course
    from autograder.course.kept import without_verdict

    return [
        f"{student}: {assignment}: {why}"
        for assignment, students in without_verdict(Course.open(folder)).items()
        for student, why in students.items()
    ]
