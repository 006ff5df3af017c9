"""Feedback pages for a whole assignment, as ``nbgrader generate_feedback`` writes them."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course, CourseError, last_error, tools_on_path

__all__ = ["write_feedback"]


def write_feedback(course: Course, assignment: str) -> int:
    """Write the pages of an assignment; return how many there are."""
    course.assignment(assignment)
    with tools_on_path():
        result = course.api().generate_feedback(assignment, force=True)
    if not result["success"]:
        raise CourseError(f"nbgrader cannot write the feedback: {last_error(result)}")
    place = course.place(course.directory.feedback_directory, "*", assignment)
    pattern = place.relative_to(course.folder) / "*.html"
    return len(list(Path(course.folder).glob(pattern.as_posix())))
