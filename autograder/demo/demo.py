"""``autograder demo``: a sample class, graded end to end through nbgrader."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from autograder.course.assignment import CourseError
from autograder.course.course import Course
from autograder.course.feedback import write_feedback
from autograder.course.grade import GradedAssignment, grade_assignments
from autograder.course.source import release
from autograder.course.start import init
from autograder.demo.sample_class import SAMPLE_CLASS, hand_in
from autograder.judging.official import GradeError
from autograder.report.console import err, out, printable
from autograder.report.model import points_text
from autograder.report.progress_bar import progress_bar
from autograder.sandbox.types import SandboxUnavailable
from autograder.topic.catalogue import Catalogue, CatalogueError

__all__ = ["make_class", "run_demo"]

FAVOURITES = ("neurons", "optimizers", "convolution")
DEMO_FOLDER = "gradus-demo"


def run_demo(to: Path | None = None, topics: Sequence[str] = ()) -> int:
    """Build a course with a class in it, grade it, and say who got what and where the pages are.

    Parameters
    ----------
    to : Path, optional
        The folder of the course; ``gradus-demo`` here by default.
    topics : sequence of str
        Up to three topics.

    Returns
    -------
    int
        An exit code.
    """
    started = time.perf_counter()
    logging.disable(logging.WARNING)  # nbgrader's own account of its steps
    try:
        course = _course(to or Path(DEMO_FOLDER), topics)
        names = course.names()
        out.print(f"Course: {printable(course.folder)}", soft_wrap=True)
        for name in names:
            release(course, name)
        count = make_class(course)
        out.print(f"Released {', '.join(names)}; {count} notebooks were handed in.")
        with progress_bar("grading", count) as step:
            outcomes = grade_assignments(course, names, progress=step)
        pages = sum(write_feedback(course, name) for name in names)
    except (CatalogueError, CourseError, GradeError, SandboxUnavailable) as error:
        err.print(f"autograder: {printable(error)}", soft_wrap=True)
        return 2
    finally:
        logging.disable(logging.NOTSET)
    out.print(_table(names, outcomes))
    for outcome in outcomes.values():
        for remark in outcome.remarks:
            out.print(f"  {printable(remark)}", soft_wrap=True)
    seconds = time.perf_counter() - started
    out.print(f"Graded {count} notebooks and wrote {pages} pages in {seconds:.0f} s.")
    place = printable(str(course.folder / "feedback"))
    out.print(f"Pages:     {place}/STUDENT/ASSIGNMENT", soft_wrap=True)
    first = course.place("feedback", "bo", names[0]) / f"{names[0]}.html"
    out.print(f"Start at:  {printable(first)}", soft_wrap=True)
    out.print("It is a plain nbgrader course: formgrader, autograde, export work in it.")
    return 0


def _course(folder: Path, topics: Sequence[str]) -> Course:
    """Make the course, or return the one that an earlier run left."""
    catalogue = Catalogue.find()
    if not catalogue.authored:
        raise CatalogueError("the demo needs the topics' solutions: run it in a checkout")
    known = catalogue.names()
    chosen = list(topics) or [name for name in FAVOURITES if name in known] or known[:3]
    if folder.is_dir() and any(folder.iterdir()) and not (folder / ".gradus").exists():
        raise CourseError(f"{folder} is not empty: give another folder with --out")
    course, _ = init(folder, catalogue, chosen[:3], "Demo")
    lines = [f"{name},{name.capitalize()}," for name in SAMPLE_CLASS]
    text = "\n".join(["id,first_name,last_name", *lines]) + "\n"
    (course.folder / "students.csv").write_text(text, encoding="utf-8")
    return course


def make_class(course: Course) -> int:
    """Put the class's notebooks where nbgrader collects them; return how many there are."""
    names = course.names()
    released = {
        name: (course.place("release", ".", name) / f"{name}.ipynb").read_text(encoding="utf-8")
        for name in names
    }
    count = 0
    for student, kinds in SAMPLE_CLASS.items():
        for position, name in enumerate(names):
            other = released[names[position - 1]]
            topic = course.catalogue.topic(name)
            content = hand_in(kinds[position], topic, student, released[name], other)
            place = course.place("submitted", student, name)
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.ipynb").write_bytes(content)
            count += 1
    return count


def _table(names: Sequence[str], outcomes: dict[str, GradedAssignment]) -> Table:
    """Return the table of who handed in what and got how much."""
    earned = {
        (report.student, name): f"{points_text(report.earned)} / {points_text(report.points)}"
        for name in names
        for report in outcomes[name].reports
    }
    table = Table("student", *names)
    for student, kinds in SAMPLE_CLASS.items():
        cells = [
            f"{earned[student, name]}  [dim]{kind}[/dim]"
            for name, kind in zip(names, kinds, strict=False)
        ]
        table.add_row(student, *cells)
    return table
