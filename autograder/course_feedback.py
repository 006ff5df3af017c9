"""Feedback pages for a whole assignment, as ``nbgrader generate_feedback`` writes them."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course

__all__ = ["write_feedback"]


def write_feedback(course: Course, assignment: str) -> int:
    """Write the pages of an assignment; return how many there are."""
    course.assignment(assignment)
    course.convert("GenerateFeedback", assignment)
    place = course.place("feedback", "*", assignment)
    pattern = place.relative_to(course.folder) / "*.html"
    return len(list(Path(course.folder).glob(pattern.as_posix())))
