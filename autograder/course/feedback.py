"""Feedback pages for a whole assignment, as ``nbgrader generate_feedback`` writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.course.course import Course
from autograder.course.grade import submissions
from autograder.course.scores import course_scores
from autograder.grading.figures import draw_all
from autograder.report.figure import Drawn

__all__ = ["draw_figures", "write_feedback"]


def write_feedback(course: Course, assignment: str) -> int:
    """Write the pages of an assignment; return how many there are.

    The figures in them are those that `draw_figures` has drawn.
    """
    course.assignment(assignment)
    course_scores(course, [assignment])  # penalties follow points given by hand
    course.convert("GenerateFeedback", assignment)
    place = course.place("feedback", "*", assignment)
    pattern = place.relative_to(course.folder) / "*.html"
    return len(list(Path(course.folder).glob(pattern.as_posix())))


def draw_figures(
    course: Course,
    assignment: str,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, student: None,
) -> list[Drawn]:
    """Draw the chapter's figure from each student's functions, where that was not done yet."""
    return draw_all(
        submissions(course, assignment),
        course.catalogue,
        course.figures,
        sandbox=course.sandbox,
        jobs=jobs,
        progress=progress,
    )
