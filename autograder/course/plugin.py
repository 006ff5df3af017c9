"""What this package puts into nbgrader: two preprocessors and an exporter.

`Repair` comes first when a submission is read, `Verdicts` stands where nbgrader executes notebooks,
and `FeedbackExporter` writes the feedback pages. A course's ``nbgrader_config.py`` names them;
everything else is nbgrader's. They raise only where the grader itself failed: nbgrader then names
the student, goes on with the others, and ends with an exit code that is not 0. A zero is no answer
to that; see `Verdicts`.
"""

from __future__ import annotations

import atexit
import os
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.export import write_rows
from autograder.course.gradebook import forget_verdict
from autograder.course.kept import keep_without_verdict, without_verdict
from autograder.course.notebooks import KEY, Truth, fill, link_in, links_below, repair
from autograder.course.page import feedback_page, without_guide
from autograder.course.penalty import Penalties
from autograder.grading import figures
from autograder.grading.pool import settled
from autograder.judging import official
from autograder.report.figure import Drawn
from autograder.report.model import Report
from autograder.submission.item import Item
from autograder.values.table import Table

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.coursedir import CourseDirectory

__all__ = [
    "CsvExporter",
    "FeedbackExporter",
    "LatePenalties",
    "NoVerdict",
    "Repair",
    "Verdicts",
    "grade",
]


class NoVerdict(Exception):
    """The grader failed on a submission: there is no grade, and the student is not to blame."""


class Repair(NbGraderPreprocessor):  # type: ignore[misc]
    """Rebuild what a student handed in, so that no damage in it can stop nbgrader."""

    def preprocess(self, nb: NotebookNode, resources: Table) -> tuple[NotebookNode, Table]:
        """Return the notebook rebuilt; copies of what the submission links to are removed."""
        about = resources["nbgrader"]
        try:
            with Gradebook(about["db_url"]) as gradebook:
                known = gradebook.find_notebook(about["notebook"], about["assignment"])
                directory = self.parent.parent.coursedir
                release = directory.format_path(
                    directory.release_directory, ".", about["assignment"]
                )
                truth = Truth.read(known, Path(release) / f"{about['notebook']}.ipynb")
            refused = _without_links(directory, about)
            if refused:
                self.log.error("%s: %s", about["student"], refused)
            return nbformat.from_dict(repair(nb, truth, refused)), resources
        except MissingEntry:
            return nb, resources
        except Exception as error:
            self.log.error("%s: the notebook could not be repaired: %r", about["student"], error)
            return nb, resources


def _without_links(directory: CourseDirectory, about: Table) -> str:
    """Remove the copies nbgrader made of what links lead to; return why the notebook is refused."""
    steps = (directory.submitted_directory, directory.autograded_directory)
    given, copied = (
        Path(directory.format_path(step, about["student"], about["assignment"])) for step in steps
    )
    root = Path(directory.root)
    refused = link_in(given, root)
    doubtful = (
        [path.relative_to(copied) for path in copied.rglob("*") if path.suffix != ".ipynb"]
        if refused
        else links_below(given)
    )
    for path in doubtful:
        if (copied / path).is_file():
            (copied / path).unlink()
    return refused or link_in(given / f"{about['notebook']}.ipynb", root)


class Verdicts(NbGraderPreprocessor):  # type: ignore[misc]
    """Grade a submission in the sandbox and put the verdict into its graded cells.

    Where the grader fails, the gradebook gets no score: what it had is taken back, the cells wait
    for a grader, the course keeps that there is no verdict, for its exports, and `NoVerdict` is
    raised.
    """

    def preprocess(self, nb: NotebookNode, resources: Table) -> tuple[NotebookNode, Table]:
        """Return the notebook with the verdict in it; a notebook of no topic is executed."""
        about = resources["nbgrader"]
        directory = self.parent.parent.coursedir
        try:
            course = Course.open(directory.root)
            if about["notebook"] not in course.catalogue.names():
                nb, resources = Execute(parent=self.parent).preprocess(nb, resources)
                return nb, resources
            given = Path(
                directory.format_path(
                    directory.submitted_directory, about["student"], about["assignment"]
                )
            )
            report = judged(course, given / f"{about['notebook']}.ipynb", about)
            broken = report.broken
            if not broken:
                fill(nb, report)
        except Exception as error:
            self.log.error("%s: the grader failed: %r", about["student"], error)
            broken = f"the grader failed ({type(error).__name__}: {error})"
        _keep(Path(directory.root), about, broken)
        if broken:
            _take_back(about)
            raise NoVerdict(f"{about['student']}: no verdict: {broken}; run the same again")
        return nb, resources


class LatePenalties(NbGraderPreprocessor):  # type: ignore[misc]
    """Take off what handing in late costs, by ``course.toml`` or the plugin that is configured."""

    def preprocess(self, nb: NotebookNode, resources: Table) -> tuple[NotebookNode, Table]:
        """Return the notebook as it is; the penalty stands in the gradebook."""
        about = resources["nbgrader"]
        course = Course.open(self.parent.parent.coursedir.root)
        with Gradebook(about["db_url"]) as gradebook:
            found = gradebook.find_submission(about["assignment"], about["student"])
            Penalties(course).set(found, about["assignment"])
            gradebook.db.commit()
        return nb, resources


def _keep(folder: Path, about: Table, broken: str) -> None:
    """Have the course remember whether there is a verdict: its exports ask."""
    try:
        course = Course.open(folder)
        failed = dict(without_verdict(course).get(about["assignment"], {}))
        if broken or failed.pop(about["student"], ""):
            failed |= {about["student"]: broken} if broken else {}
            keep_without_verdict(course, about["assignment"], failed)
    except (CourseError, OSError):
        pass  # no course of ours; nbgrader tells all the same


def _take_back(about: Table) -> None:
    """Take scores of an earlier grading out of the gradebook; a grader's own stay."""
    with Gradebook(about["db_url"]) as gradebook:
        found = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        forget_verdict(found)
        gradebook.db.commit()


def judged(course: Course, path: Path, about: Table) -> Report:
    """Return the report of the file at `path`, handed in by a student."""
    judge = _judge(course.folder)
    refused = link_in(path, course.folder)
    if refused:
        return official.unreadable(judge.topic(about["notebook"]), about["student"], refused)
    return settled(judge, Item(about["student"], about["notebook"], path))


@cache
def _judge(folder: Path) -> official.Judge:
    """Start one sandbox for this process; it ends with it."""
    course = Course.open(folder)
    judge = official.Judge(course.catalogue, course.secret, course.sandbox)
    judge.__enter__()
    atexit.register(judge.__exit__, None, None, None)
    return judge


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Write the feedback page of a judged notebook; other notebooks as nbgrader does."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, Table]:
        """Return the page."""
        if KEY not in nb.metadata:
            for cell in nb.cells:
                cell.source = without_guide(cell.source)
            page, resources = super().from_notebook_node(nb, resources, **kwargs)
            return page, resources
        resources = self._init_resources(resources)
        nb, resources = self._preprocess(nb, resources)
        about = {**resources["nbgrader"], "waiting": _waiting(resources["nbgrader"])}
        about["no_verdict"] = self._failed(about)
        about |= _head(Path(self.parent.coursedir.root), resources["nbgrader"])
        return feedback_page(nb, about, self._figure(about)), resources

    def _failed(self, about: Table) -> bool:
        """Tell whether the course has no verdict on what this student handed in."""
        try:
            failed = without_verdict(Course.open(self.parent.coursedir.root))
        except CourseError:
            return False
        return about["student"] in failed.get(about["assignment"], ())

    def _figure(self, about: Table) -> Drawn | None:
        """Return the figure that ``autograder course feedback`` drew for this submission."""
        directory = self.parent.coursedir
        try:
            course = Course.open(directory.root)
            given = Path(
                directory.format_path(
                    directory.submitted_directory, about["student"], about["assignment"]
                )
            )
            path = given / f"{about['notebook']}.ipynb"
            key = figures.figure_key(course.catalogue.topic(about["notebook"]), path)
            return figures.kept(course.figures, key)
        except Exception as error:  # a page without its figure is a page
            self.log.debug("%s: no figure: %r", about["student"], error)
            return None


def _head(folder: Path, about: Table) -> dict[str, str]:
    """Return a student's name, and when that one handed in: "" where nobody knows."""
    with Gradebook(about["db_url"]) as gradebook:
        try:
            found = gradebook.find_submission(about["assignment"], about["student"])
        except MissingEntry:
            return {}
        stamp, student = found.timestamp, found.student
        name = " ".join(part for part in (student.first_name, student.last_name) if part)
    if not stamp:
        return {"name": name, "handed_in": ""}
    when = stamp.replace(tzinfo=UTC).astimezone(_zone(folder, about["assignment"]))
    return {"name": name, "handed_in": f"{when:%d %B %Y, %H:%M} {when.tzname()}"}


def _zone(folder: Path, assignment: str) -> tzinfo:
    """Return the course's zone, else that of the due date as it is written."""
    try:
        course = Course.open(folder)
        return course.zone if "zone" in course.settings else course.assignment(assignment).zone
    except CourseError:
        return UTC


def _waiting(about: Table) -> set[str]:
    """Return the names of the cells of a submission that a person has yet to grade."""
    with Gradebook(about["db_url"]) as gradebook:
        found = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        return {grade.name for grade in found.grades if grade.needs_manual_grade}


class CsvExporter(ExportPlugin):  # type: ignore[misc]
    """What ``nbgrader export`` writes here: its CSV, but no zero where there is no verdict."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades; who has none is named."""
        course, target = Course.open(self.parent.coursedir.root), Path(self.to or "grades.csv")
        for line in write_rows(gradebook, course, target, self.assignment, self.student):
            self.log.error("no grade: %s", line)


# --- under nbgrader's own Execute ----------------------------------------------------------------


def grade(name: str) -> float:
    """Return what the submission around this notebook earns for an exercise.

    Called by graded cells when nbgrader executes them in a kernel. The course is the one the
    working directory is in (``autograded/STUDENT/ASSIGNMENT``), with its secret; the submission is
    the file of the same name in ``submitted``.
    """
    place = Path.cwd()
    try:
        points, earned, broken = _live(place)
    except CourseError:
        raise
    except Exception as error:
        broken = f"{type(error).__name__}: {error}"
    if broken:  # an exception would read as zero points: nbgrader leaves out whose kernel dies
        os.write(2, f"the grader failed: {broken}\n".encode("utf-8", "replace"))
        os._exit(1)
    if name not in points:
        raise ValueError(f"{name} is no exercise of the notebook in {place.name}")
    return float(min(max(earned[name], 0.0), points[name]))


@cache
def _live(place: Path) -> tuple[dict[str, float], dict[str, float], str]:
    course = Course.around(place)
    student, assignment = place.parts[-2:]
    points, earned, broken = {}, {}, ""
    for notebook in sorted(place.glob("*.ipynb")):
        about = {"notebook": notebook.stem, "student": student, "assignment": assignment}
        path = course.place("submitted", student, assignment)
        if notebook.stem not in course.catalogue.names():
            continue
        given = course.assignment(assignment).points
        report = judged(course, path / notebook.name, about)
        broken = broken or report.broken
        for result in report:
            points[result.name] = given.get(result.name, result.points)
            share = result.earned / result.points if result.points else 0.0
            same = points[result.name] == result.points
            earned[result.name] = result.earned if same else share * points[result.name]
    return points, earned, broken
