"""What this package puts into nbgrader: two preprocessors and an exporter.

`Repair` comes first when a submission is read, `Verdicts` stands where nbgrader executes notebooks,
and `FeedbackExporter` writes the feedback pages. A course's ``nbgrader_config.py`` names them;
everything else is nbgrader's. None of them ever raises: an exception would leave a student
ungraded.
"""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from autograder.course.course import Course
from autograder.course.notebooks import KEY, Truth, fill, link_in, links_below, repair
from autograder.course.page import feedback_page, without_guide
from autograder.grading import figures
from autograder.judging import official
from autograder.report.figure import Drawn
from autograder.report.model import ExerciseResult, Report

__all__ = ["FeedbackExporter", "Repair", "Verdicts", "grade"]


class Repair(NbGraderPreprocessor):  # type: ignore[misc]
    """Rebuild what a student handed in, so that no damage in it can stop nbgrader."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
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


def _without_links(directory: Any, about: dict[str, Any]) -> str:
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
    """Grade a submission in the sandbox and put the verdict into its graded cells."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with the verdict in it; a notebook of no topic is executed."""
        about = resources["nbgrader"]
        directory = self.parent.parent.coursedir
        report = _failed(nb, about, "the grader did not run")
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
        except Exception as error:
            self.log.error("%s: the grader failed: %r", about["student"], error)
            report = _failed(nb, about, f"the grader failed ({type(error).__name__})")
        fill(nb, report)
        return nb, resources


def judged(course: Course, path: Path, about: dict[str, Any]) -> Report:
    """Return the report of the file at `path`, handed in by a student."""
    judge = _judge(course.folder)
    refused = link_in(path, course.folder)
    if refused:
        return official.unreadable(judge.topic(about["notebook"]), about["student"], refused)
    return judge.grade_file(path, about["notebook"], about["student"])


@cache
def _judge(folder: Path) -> official.Judge:
    """Start one sandbox for this process; it ends with it."""
    course = Course.open(folder)
    judge = official.Judge(course.catalogue, course.secret, course.sandbox)
    judge.__enter__()
    atexit.register(judge.__exit__, None, None, None)
    return judge


def _failed(nb: Any, about: dict[str, Any], reason: str) -> Report:
    """Return a report that gives nothing and says that it is not the student's fault."""
    text = f"{reason}; this is not your mistake, and it will be graded again"
    report = Report(about["notebook"], about["student"], error=text, official=True)
    for cell in nb.cells:
        found = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and found.get("grade") and not found.get("solution"):
            result = ExerciseResult(found["grade_id"], float(found["points"]), status="broken")
            result.message = text
            report.exercises.append(result)
    return report


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Write the feedback page of a judged notebook; other notebooks as nbgrader does."""

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page."""
        if KEY not in nb.metadata:
            for cell in nb.cells:
                cell.source = without_guide(cell.source)
            page, resources = super().from_notebook_node(nb, resources, **kwargs)
            return page, resources
        resources = self._init_resources(resources)
        nb, resources = self._preprocess(nb, resources)
        about = {**resources["nbgrader"], "waiting": _waiting(resources["nbgrader"])}
        return feedback_page(nb, about, self._figure(about)), resources

    def _figure(self, about: dict[str, Any]) -> Drawn | None:
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


def _waiting(about: dict[str, Any]) -> set[str]:
    """Return the names of the cells of a submission that a person has yet to grade."""
    with Gradebook(about["db_url"]) as gradebook:
        found = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        return {grade.name for grade in found.grades if grade.needs_manual_grade}


# --- under nbgrader's own Execute ----------------------------------------------------------------


def grade(name: str) -> float:
    """Return what the submission around this notebook earns for an exercise.

    Called by graded cells when nbgrader executes them in a kernel. The course is the one the
    working directory is in (``autograded/STUDENT/ASSIGNMENT``), with its secret; the submission is
    the file of the same name in ``submitted``.
    """
    place = Path.cwd()
    points, earned = _live(place)
    if name not in points:
        raise ValueError(f"{name} is no exercise of the notebook in {place.name}")
    return float(min(max(earned[name], 0.0), points[name]))


@cache
def _live(place: Path) -> tuple[dict[str, float], dict[str, float]]:
    course = Course.around(place)
    student, assignment = place.parts[-2:]
    points, earned = {}, {}
    for notebook in sorted(place.glob("*.ipynb")):
        about = {"notebook": notebook.stem, "student": student, "assignment": assignment}
        path = course.place("submitted", student, assignment)
        if notebook.stem not in course.catalogue.names():
            continue
        given = course.assignment(assignment).points
        for result in judged(course, path / notebook.name, about):
            points[result.name] = given.get(result.name, result.points)
            share = result.earned / result.points if result.points else 0.0
            same = points[result.name] == result.points
            earned[result.name] = result.earned if same else share * points[result.name]
    return points, earned
